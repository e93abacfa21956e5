/**
 * 2-D convolution, forward and both gradients, from buffers to buffers. Each pass is an object (forward.ts, backward-data.ts,
 * backward-weight.ts) with several algorithms; choose.ts takes the one that fits the adapter and the shape.
 *
 * Layouts: activations `[N, H, W, C]`, weights `[R, S, C, K]`.
 */
import type { Gpu } from '../../gpu/index.ts';
import type {
  BackwardDataAlgorithm,
  BackwardDataStorages,
  BackwardWeightAlgorithm,
  BackwardWeightStorages,
  Conv2dAlgorithm,
  ForwardAlgorithm,
  ForwardStorages,
} from './algorithm.ts';
import { backwardDataPass } from './backward-data.ts';
import { backwardWeightPass } from './backward-weight.ts';
import { epilogueOf } from './batch-parts.ts';
import { chooseAlgorithm } from './choose.ts';
import { forwardPass } from './forward.ts';
import { checkConv2dShape, isVectorised, type Conv2dShape } from './shape.ts';

export type {
  BackwardDataAlgorithm,
  BackwardWeightAlgorithm,
  Conv2dAlgorithm,
  Conv2dNorm,
  ForwardAlgorithm,
} from './algorithm.ts';
export { parseProblem } from './autotune/problem.ts';
export { conv2dTunable } from './autotune/tunable.ts';
export { backwardDataPass } from './backward-data.ts';
export { backwardWeightPass } from './backward-weight.ts';
export { chooseAlgorithm } from './choose.ts';
export { forwardPass } from './forward.ts';
export type { Conv2dPass } from './pass.ts';
export { conv2dFlops, outputSize, type Conv2dShape } from './shape.ts';
export { oihwToRsck, rsckShape, rsckToOihw } from './weight-order.ts';

/**
 * y = x ∗ weight (cross-correlation, as in PyTorch); with `norm` y = (x ∗ weight − mean) / √(variance + eps) · gamma + beta
 * [+ residual] [then ReLU, which keeps NaN], in the same kernel. Throws `RangeError` for sizes that fit no convolution, and
 * for an algorithm that does not suit.
 *
 * ```ts
 * const shape = { n: 1, h: 3, w: 3, c: 1, k: 1, r: 2, s: 2, stride: 1, padding: 0 };
 * const x = gpu.upload(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
 * const weight = gpu.upload(Float32Array.of(1, 1, 1, 1)); // adds the four pixels that it lies on
 * const y = gpu.temporary(4 * 4);
 * conv2dForward(gpu, { x, weight, y }, shape);
 * await gpu.read(y); // → [12, 16, 24, 28]
 * ```
 */
export function conv2dForward(
  gpu: Gpu,
  storages: ForwardStorages,
  shape: Conv2dShape,
  algorithm?: ForwardAlgorithm,
): void {
  checkConv2dShape(shape);
  run(gpu, storages, shape, algorithm ?? chooseAlgorithm(gpu, forwardPass, shape, epilogueOf(storages.norm)));
}

/**
 * dx = the gradient with respect to x of Σ dy · y, of x's shape. Every element of dx is written. Throws as `conv2dForward` does,
 * and `RangeError` for f16.
 *
 * ```ts
 * const shape = { n: 1, h: 3, w: 3, c: 1, k: 1, r: 2, s: 2, stride: 1, padding: 0 };
 * const dy = gpu.upload(Float32Array.of(1, 2, 3, 4));
 * const weight = gpu.upload(Float32Array.of(10, 0, 0, 0)); // takes the upper left of four pixels
 * const dx = gpu.temporary(9 * 4);
 * conv2dBackwardData(gpu, { dy, weight, dx }, shape);
 * await gpu.read(dx); // → [10, 20, 0, 30, 40, 0, 0, 0, 0]
 * ```
 */
export function conv2dBackwardData(
  gpu: Gpu,
  storages: BackwardDataStorages,
  shape: Conv2dShape,
  algorithm?: BackwardDataAlgorithm,
): void {
  checkConv2dShape(shape);
  refuseHalf(shape);
  run(gpu, storages, shape, algorithm ?? chooseAlgorithm(gpu, backwardDataPass, shape));
}

/**
 * dWeight = the gradient with respect to the weight of Σ dy · y, of the weight's shape, summed over all images in a fixed order.
 * Throws as `conv2dBackwardData` does.
 *
 * ```ts
 * const shape = { n: 1, h: 3, w: 3, c: 1, k: 1, r: 2, s: 2, stride: 1, padding: 0 };
 * const x = gpu.upload(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
 * const dy = gpu.upload(Float32Array.of(1, 0, 0, 0)); // of the four places of the kernel, the first counts
 * const dWeight = gpu.temporary(4 * 4);
 * conv2dBackwardWeight(gpu, { x, dy, dWeight }, shape);
 * await gpu.read(dWeight); // → [1, 2, 4, 5]
 * ```
 */
export function conv2dBackwardWeight(
  gpu: Gpu,
  storages: BackwardWeightStorages,
  shape: Conv2dShape,
  algorithm?: BackwardWeightAlgorithm,
): void {
  checkConv2dShape(shape);
  refuseHalf(shape);
  run(gpu, storages, shape, algorithm ?? chooseAlgorithm(gpu, backwardWeightPass, shape));
}

function refuseHalf({ dtype }: Conv2dShape): void {
  if (dtype === 'f16') throw new RangeError('conv2d: gradients are computed in f32 alone.');
}

function run<S>(gpu: Gpu, storages: S, shape: Conv2dShape, algorithm: Conv2dAlgorithm<S>): void {
  if (!algorithm.suits(gpu, shape)) throw new RangeError(unsuitable(shape, algorithm.name));
  algorithm.run(gpu, storages, shape);
}

function unsuitable(shape: Conv2dShape, algorithm: string): string {
  const { c, k, dtype } = shape;
  if (dtype === 'f16' && !isVectorised(shape))
    return `conv2d: f16 takes channels in multiples of four, not ${c} in and ${k} out.`;
  return `conv2d: the algorithm "${algorithm}" does not suit this shape or adapter.`;
}
