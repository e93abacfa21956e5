/** The kernels that broadcast weights within a subgroup, as algorithms: pixels a lane × channels a subgroup. */
import type { Gpu } from '../../../gpu/index.ts';
import type {
  BackwardDataAlgorithm,
  BackwardWeightAlgorithm,
  Conv2dAlgorithm,
  ForwardAlgorithm,
} from '../algorithm.ts';
import { backwardDataParts, epilogueOf, forwardParts, runBackwardWeight } from '../parts.ts';
import { isVectorised, vectorsOf } from '../shape.ts';
import { subgroupBackwardData } from './backward-data.wgsl.ts';
import { subgroupBackwardWeight } from './backward-weight.wgsl.ts';
import { subgroupForward, weightLanes } from './forward.wgsl.ts';

interface Sums {
  readonly pixels: number;
  readonly channels: number;
}

const nameOf = ({ pixels, channels }: Sums): string => `subgroup ${pixels}×${channels}`;

/** 4 × 16 sums a lane fill a CPU's vector registers (docs/decisions.md); it alone takes channels that are no multiple of four. */
const usual: Sums = { pixels: 4, channels: 16 };
const all: readonly Sums[] = [
  usual,
  { pixels: 2, channels: 16 },
  { pixels: 8, channels: 16 },
  { pixels: 4, channels: 32 },
];

/** Lanes share a load of weights evenly: `rows` rows, of the four that a step of the kernel goes through. */
const suits =
  (sums: Sums): Conv2dAlgorithm<unknown>['suits'] =>
  (gpu, shape) =>
    gpu.subgroupSize !== null &&
    [1, 2, 4].includes(weightLanes(gpu.subgroupSize, sums.channels).rows) &&
    (isVectorised(shape) || (sums === usual && shape.dtype !== 'f16'));

export const forwardAlgorithms: readonly ForwardAlgorithm[] = all.map((sums) => ({
  name: nameOf(sums),
  suits: suits(sums),
  run(gpu, storages, shape) {
    const { pixels, channels } = sums;
    const lanes = lanesOf(gpu);
    const { dtype = 'f32' } = shape;
    const epilogue = epilogueOf(storages.norm);
    const kernel = subgroupForward(lanes, pixels, channels, ...vectorsOf(shape), epilogue, dtype);
    for (const { count, bindings, params } of forwardParts(gpu, storages, shape, lanes * pixels))
      gpu.run(kernel, bindings, params, [Math.ceil(count / (lanes * pixels)), Math.ceil(shape.k / channels)]);
  },
}));

export const backwardDataAlgorithms: readonly BackwardDataAlgorithm[] = all.map((sums) => ({
  name: nameOf(sums),
  suits: suits(sums),
  run(gpu, storages, shape) {
    const { pixels, channels } = sums;
    const { c, stride } = shape;
    const lanes = lanesOf(gpu);
    const kernel = subgroupBackwardData(lanes, pixels, channels, stride, ...vectorsOf(shape));
    for (const { count, bindings, params } of backwardDataParts(gpu, storages, shape, lanes * pixels)) {
      const grid = [Math.ceil(count / (lanes * pixels)), Math.ceil(c / channels), stride * stride] as const;
      gpu.run(kernel, bindings, params, grid);
    }
  },
}));

/** Here lanes own four elements of a window in place of pixels. */
export const backwardWeightAlgorithms: readonly BackwardWeightAlgorithm[] = all
  .filter(({ pixels }) => pixels === 4)
  .map((sums) => ({
    name: nameOf(sums),
    suits: suits(sums),
    run(gpu, storages, shape) {
      const { channels } = sums;
      const { r, s, c, k } = shape;
      const lanes = lanesOf(gpu);
      const kernel = subgroupBackwardWeight(lanes, channels, ...vectorsOf(shape));
      const grid = [Math.ceil((s * c) / (lanes * 4)), Math.ceil(k / channels), r] as const;
      runBackwardWeight(gpu, storages, shape, 1, ({ rows, bindings, params }) =>
        gpu.run(kernel, bindings, { ...params, rows }, grid),
      );
    },
  }));

function lanesOf({ subgroupSize }: Gpu): number {
  if (subgroupSize === null)
    throw new RangeError('conv2d: this adapter has no fixed subgroup size; use the tiled kernels.');
  return subgroupSize;
}
