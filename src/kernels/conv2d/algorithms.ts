/** Every algorithm of every pass, by family. A new family is an import and a line in each of these lists. */
import type { BackwardDataAlgorithm, BackwardWeightAlgorithm, ForwardAlgorithm } from './algorithm.ts';
import * as padded from './padded/algorithms.ts';
import * as subgroup from './subgroup/algorithms.ts';
import * as tiled from './tiled/algorithms.ts';
import * as winograd from './winograd/algorithms.ts';

export const forwardAlgorithms: readonly ForwardAlgorithm[] = [
  ...tiled.forwardAlgorithms,
  ...subgroup.forwardAlgorithms,
  ...winograd.forwardAlgorithms,
  ...padded.forwardAlgorithms,
];

export const backwardDataAlgorithms: readonly BackwardDataAlgorithm[] = [
  ...tiled.backwardDataAlgorithms,
  ...subgroup.backwardDataAlgorithms,
  ...winograd.backwardDataAlgorithms,
];

export const backwardWeightAlgorithms: readonly BackwardWeightAlgorithm[] = [
  ...tiled.backwardWeightAlgorithms,
  ...subgroup.backwardWeightAlgorithms,
  ...winograd.backwardWeightAlgorithms,
  ...padded.backwardWeightAlgorithms,
];
