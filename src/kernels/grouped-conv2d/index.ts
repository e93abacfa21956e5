/**
 * The convolutions that conv2d's kernels do not know, forward and both gradients: in groups, dilated, or with windows that differ by axis or
 * side. Where each channel is a convolution of its own (depthwise, Howard et al. 2017), hardly anything is multiplied for what
 * is loaded: kernels of their own load each pixel once or twice. All others take kernels that are right rather than fast.
 *
 * Layouts: activations `[N, H, W, C]`, weights `[R, S, C / groups, K]`.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { checkStorages } from '../checks.ts';
import * as general from './general/run.ts';
import * as depthwise from './depthwise/run.ts';
import { elementsOf, type GroupedConv2dShape } from './shape.ts';

export { groupedFlops, groupedOutput, type GroupedConv2dShape } from './shape.ts';

/**
 * y = x ∗ weight (cross-correlation, as in PyTorch). Throws `RangeError` for sizes that fit no convolution.
 *
 * ```ts
 * const window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] } as const;
 * const shape = { ...window, n: 1, h: 1, w: 2, c: 2, k: 2, groups: 2 }; // two pixels, each channel by itself
 * const x = gpu.upload(Float32Array.of(1, 2, 3, 4));
 * const weight = gpu.upload(Float32Array.of(10, 100));
 * const y = gpu.temporary(4 * 4);
 * groupedForward(gpu, { x, weight, y }, shape);
 * await gpu.read(y); // → [10, 200, 30, 400]
 * ```
 */
export function groupedForward(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly weight: Storage; readonly y: Storage },
  shape: GroupedConv2dShape,
): void {
  const { x, weight, y } = elementsOf(shape);
  checkStorages('conv2d', { x: [storages.x, x], weight: [storages.weight, weight], y: [storages.y, y] });
  const run = depthwise.isDepthwise(shape) ? depthwise.forward : general.forward;
  run(gpu, storages, shape);
}

/**
 * dx = the gradient with respect to x of Σ dy · y. Every element of dx is written. Throws as `groupedForward` does.
 *
 * ```ts
 * const window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] } as const;
 * const shape = { ...window, n: 1, h: 1, w: 2, c: 2, k: 2, groups: 2 }; // two pixels, each channel by itself
 * const dy = gpu.upload(Float32Array.of(1, 2, 3, 4));
 * const weight = gpu.upload(Float32Array.of(10, 100));
 * const dx = gpu.temporary(4 * 4);
 * groupedBackwardData(gpu, { dy, weight, dx }, shape);
 * await gpu.read(dx); // → [10, 200, 30, 400]
 * ```
 */
export function groupedBackwardData(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly weight: Storage; readonly dx: Storage },
  shape: GroupedConv2dShape,
): void {
  const { x, weight, y } = elementsOf(shape);
  checkStorages('conv2d', { dy: [storages.dy, y], weight: [storages.weight, weight], dx: [storages.dx, x] });
  const run = depthwise.isDepthwise(shape) ? depthwise.backwardData : general.backwardData;
  run(gpu, storages, shape);
}

/**
 * dWeight = the gradient with respect to the weight of Σ dy · y, summed over all images in a fixed order. Throws as the above.
 *
 * ```ts
 * const window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] } as const;
 * const shape = { ...window, n: 1, h: 1, w: 2, c: 2, k: 2, groups: 2 }; // two pixels, each channel by itself
 * const x = gpu.upload(Float32Array.of(1, 2, 3, 4));
 * const dy = gpu.upload(Float32Array.of(1, 1, 10, 10));
 * const dWeight = gpu.temporary(2 * 4);
 * groupedBackwardWeight(gpu, { x, dy, dWeight }, shape);
 * await gpu.read(dWeight); // → [31, 42]
 * ```
 */
export function groupedBackwardWeight(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly dy: Storage; readonly dWeight: Storage },
  shape: GroupedConv2dShape,
): void {
  const { x, weight, y } = elementsOf(shape);
  checkStorages('conv2d', { x: [storages.x, x], dy: [storages.dy, y], dWeight: [storages.dWeight, weight] });
  const run = depthwise.isDepthwise(shape) ? depthwise.backwardWeight : general.backwardWeight;
  run(gpu, storages, shape);
}
