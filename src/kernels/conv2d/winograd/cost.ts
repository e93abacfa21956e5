/** Whether a Winograd convolution pays, by the arithmetic that it saves and the memory traffic that it adds. */
import { conv2dFlops, outputSize, type Conv2dShape } from '../shape.ts';
import type { TileSize } from './matrices.ts';
import { positionsOf, tilingOf } from './tiling.ts';

/**
 * How many floating-point operations take as long as a byte of memory traffic. Software adapters as measured
 * (docs/decisions.md); GPUs as their data sheets have it, from 20 to 50, of which caches take back a part.
 */
export const FLOPS_PER_BYTE = { software: 8, gpu: 25 } as const;

/**
 * The time of a pass in floating-point operations: its own and those that its traffic is worth. All three passes cost the
 * same here: products of transformed images and weights forwards and in backward-data, of images and gradients in
 * backward-weight, whose sums are then as large as a transformed weight.
 */
export function winogradCost(shape: Conv2dShape, m: TileSize, flopsPerByte: number): number {
  const { oh, ow } = outputSize(shape);
  const { n, c, k } = shape;
  const positions = positionsOf(m);
  const { tiles } = tilingOf(n, oh, ow, m);
  const transformed = positions * (tiles * (c + k) + c * k);
  // Each transformed element is written once and read once.
  return 2 * positions * tiles * c * k + flopsPerByte * 4 * (2 * transformed + tensors(shape));
}

/** The same of a direct convolution, which touches each tensor once. */
export const directCost = (shape: Conv2dShape, flopsPerByte: number): number =>
  conv2dFlops(shape) + flopsPerByte * 4 * tensors(shape);

/** Elements of x, weight and y. */
function tensors(shape: Conv2dShape): number {
  const { oh, ow } = outputSize(shape);
  const { n, h, w, c, k, r, s } = shape;
  return n * (h * w * c + oh * ow * k) + r * s * c * k;
}
