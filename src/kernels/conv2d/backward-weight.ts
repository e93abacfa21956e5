/** The gradient of the weight: a short matrix of long sums, over all pixels of the batch. */
import type { BackwardWeightStorages } from './algorithm.ts';
import { paddedBackwardWeight } from './padded/backward-weight.ts';
import { elementsOf, type Conv2dPass } from './pass.ts';
import { byRule } from './rule.ts';
import { isVectorised } from './shape.ts';
import * as subgroup from './subgroup/backward-weight.ts';
import * as tiled from './tiled/backward-weight.ts';
import { tiles } from './tiled/tile.wgsl.ts';
import * as winograd from './winograd/algorithms.ts';

export const backwardWeightPass: Conv2dPass<BackwardWeightStorages> = {
  name: 'backwardWeight',
  tensors(shape) {
    const { x, weight, y } = elementsOf(shape);
    return { inputs: { x, dy: y }, output: ['dWeight', weight] };
  },
  storages: (tensor) => ({ x: tensor('x'), dy: tensor('dy'), dWeight: tensor('dWeight') }),
  algorithms: [
    ...tiled.backwardWeightSplits,
    ...Object.values(subgroup.backwardWeight),
    ...winograd.listOf(winograd.backwardWeight),
    ...paddedBackwardWeight,
  ],
  rule: (gpu, shape) =>
    byRule(gpu, shape, {
      broadcasts: [
        subgroup.backwardWeight['4×64'],
        subgroup.backwardWeight['4×32'],
        subgroup.backwardWeight['4×16'],
      ],
      // The sum is split until a GPU is busy, so tiles are enough as soon as the weight fills one.
      tiles(shape) {
        const { m, n } = tiles['64×64'];
        const fills = isVectorised(shape) && shape.s * shape.c >= m && shape.k >= n;
        return tiled.backwardWeight[fills ? '64×64' : '32×32'];
      },
      winograd: winograd.backwardWeight,
      padded: paddedBackwardWeight,
    }),
};
