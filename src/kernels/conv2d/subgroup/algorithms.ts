/**
 * The kernels that broadcast weights within a subgroup, as algorithms: pixels per lane × channels per subgroup. backward-weight.ts has
 * those of the weight's gradient.
 */
import type { Gpu } from '../../../gpu/index.ts';
import type { BackwardDataAlgorithm, Conv2dAlgorithm, ForwardAlgorithm } from '../algorithm.ts';
import { backwardDataParts, epilogueOf, forwardParts } from '../batch-parts.ts';
import { isVectorised, vectorsOf } from '../shape.ts';
import { subgroupBackwardData } from './backward-data.wgsl.ts';
import { subgroupForward } from './forward.wgsl.ts';
import { sharedLoads } from './multiply.wgsl.ts';

export const kind = { family: 'subgroup', products: 'broadcasts' } as const;

export interface Sums {
  readonly pixels: number;
  readonly channels: number;
}

/** 4 × 16 sums per lane fill a CPU's vector registers (docs/decisions.md); it alone takes channels that are not a multiple of four. */
export const usual: Sums = { pixels: 4, channels: 16 };

export const nameOf = ({ pixels, channels }: Sums): string => `subgroup ${pixels}×${channels}`;

/** Lanes share a load of weights evenly: `rows` rows, of the four that a step of the kernel goes through; or a row is `mostLoads` loads. */
export const suits =
  (sums: Sums, mostLoads = 1): Conv2dAlgorithm<unknown>['suits'] =>
  ({ subgroupSize }, shape) => {
    if (subgroupSize === null) return false;
    const { rows, loads } = sharedLoads(subgroupSize, sums.channels);
    return (
      [1, 2, 4].includes(rows) &&
      loads <= mostLoads &&
      (isVectorised(shape) || (sums === usual && shape.dtype !== 'f16'))
    );
  };

export const forward = {
  '4×16': forwardOf(usual),
  '2×16': forwardOf({ pixels: 2, channels: 16 }),
  '8×16': forwardOf({ pixels: 8, channels: 16 }),
  '4×32': forwardOf({ pixels: 4, channels: 32 }),
} as const;

export const backwardData = {
  '4×16': backwardDataOf(usual),
  '2×16': backwardDataOf({ pixels: 2, channels: 16 }),
  '8×16': backwardDataOf({ pixels: 8, channels: 16 }),
  '4×32': backwardDataOf({ pixels: 4, channels: 32 }),
} as const;

function forwardOf(sums: Sums): ForwardAlgorithm {
  const { pixels, channels } = sums;
  return {
    ...kind,
    name: nameOf(sums),
    suits: suits(sums),
    run(gpu, storages, shape) {
      const lanes = lanesOf(gpu);
      const { k, dtype = 'f32' } = shape;
      const epilogue = epilogueOf(storages.norm);
      const kernel = subgroupForward(lanes, pixels, channels, ...vectorsOf(shape), epilogue, dtype);
      for (const { count, bindings, params } of forwardParts(gpu, storages, shape, lanes * pixels))
        gpu.run(kernel, bindings, params, [Math.ceil(count / (lanes * pixels)), Math.ceil(k / channels)]);
    },
  };
}

function backwardDataOf(sums: Sums): BackwardDataAlgorithm {
  const { pixels, channels } = sums;
  return {
    ...kind,
    name: nameOf(sums),
    suits: suits(sums),
    run(gpu, storages, shape) {
      const { c, stride } = shape;
      const lanes = lanesOf(gpu);
      const kernel = subgroupBackwardData(lanes, pixels, channels, stride, ...vectorsOf(shape));
      for (const { count, bindings, params } of backwardDataParts(gpu, storages, shape, lanes * pixels)) {
        const grid = [Math.ceil(count / (lanes * pixels)), Math.ceil(c / channels), stride * stride] as const;
        gpu.run(kernel, bindings, params, grid);
      }
    },
  };
}

export function lanesOf({ subgroupSize }: Gpu): number {
  if (subgroupSize === null)
    throw new RangeError('conv2d: this adapter has no fixed subgroup size; use the tiled kernels.');
  return subgroupSize;
}
