// The paths that a user gives, made absolute: they mean the same wherever the run is resumed.
import { resolve } from 'node:path';
import type { TrainConfig } from '../../train/index.ts';
import { findInCatalogue } from '../../weights/index.ts';

/** `given` with absolute paths; names of known networks stay as they are. */
export function withPaths(given: Partial<TrainConfig>): Partial<TrainConfig> {
  const { data, labels, weights } = given;
  return {
    ...given,
    ...(typeof data === 'string' && { data: resolve(data) }),
    ...(typeof labels === 'string' && { labels: resolve(labels) }),
    ...(weights !== undefined && { weights: findInCatalogue(weights) ? weights : resolve(weights) }),
  };
}
