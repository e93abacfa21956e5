/** The kernels of the weight's gradient that broadcast within a subgroup, as algorithms. */
import type { BackwardWeightAlgorithm } from '../algorithm.ts';
import { runBackwardWeight } from '../batch-parts.ts';
import { vectorsOf } from '../shape.ts';
import { kind, lanesOf, nameOf, suits, usual, type Sums } from './algorithms.ts';
import { subgroupBackwardWeight } from './backward-weight.wgsl.ts';
import { NARROW } from './multiply.wgsl.ts';

/** Here lanes own four elements of a window instead of pixels. */
export const backwardWeight = {
  '4×16': backwardWeightOf(usual),
  '4×32': backwardWeightOf({ pixels: 4, channels: 32 }),
  '4×64': backwardWeightOf({ pixels: 4, channels: 64 }),
} as const;

function backwardWeightOf(sums: Sums): BackwardWeightAlgorithm {
  const { channels } = sums;
  return {
    ...kind,
    name: nameOf(sums),
    // Four lanes, as SwiftShader has, gain nothing by more channels, which take longer to compile.
    suits: (gpu, shape) =>
      suits(sums, 2)(gpu, shape) && (channels <= NARROW || (lanesOf(gpu) >= 8 && shape.k % channels === 0)),
    run(gpu, storages, shape) {
      const { r, s, c, k } = shape;
      const lanes = lanesOf(gpu);
      const kernel = subgroupBackwardWeight(lanes, channels, ...vectorsOf(shape));
      const grid = [Math.ceil((s * c) / (lanes * 4)), Math.ceil(k / channels), r] as const;
      runBackwardWeight(gpu, storages, shape, 1, ({ rows, bindings, params }) =>
        gpu.run(kernel, bindings, { ...params, rows }, grid),
      );
    },
  };
}
