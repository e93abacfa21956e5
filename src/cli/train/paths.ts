// The paths that a user gives, made absolute: they mean the same wherever the run is resumed.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TrainConfig } from '../../train/index.ts';
import { findInCatalogue } from '../../weights/index.ts';

/** `given` with absolute paths; names of networks stay as they are. */
export function withPaths(given: Partial<TrainConfig>): Partial<TrainConfig> {
  const { data, labels, weights } = given;
  return {
    ...given,
    ...(typeof data === 'string' && { data: resolve(data) }),
    ...(typeof labels === 'string' && { labels: resolve(labels) }),
    ...(weights !== undefined && { weights: isName(weights) ? weights : resolve(weights) }),
  };
}

/** A word that is no file was meant as a name, and is told as one where there is no network of that name. */
const isName = (weights: string): boolean =>
  findInCatalogue(weights) !== undefined || (/^[\w-]+$/.test(weights) && !existsSync(weights));
