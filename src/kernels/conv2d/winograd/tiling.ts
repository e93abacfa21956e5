/** How images fall into tiles of m × m outputs, and what that costs. */
import type { Gpu } from '../../../gpu/index.ts';
import { align } from '../../../gpu/index.ts';
import { itemsPerBinding } from '../../chunks.ts';
import { bytesOf } from '../../dtype.ts';
import { outputSize, type Conv2dShape } from '../shape.ts';
import { TAPS, type TileSize } from './matrices.ts';

/** The tiles of a batch of images. */
export interface Tiling {
  readonly tilesX: number;
  readonly tilesY: number;
  /** Of all images. */
  readonly tiles: number;
}

/** The tiles of `n` images of outputs. */
export function tilingOf(n: number, height: number, width: number, m: TileSize): Tiling {
  const [tilesX, tilesY] = [Math.ceil(width / m), Math.ceil(height / m)];
  return { tilesX, tilesY, tiles: n * tilesX * tilesY };
}

/** Multiplications of a tile, and as many matrices. */
export const positionsOf = (m: TileSize): number => (m + TAPS - 1) ** 2;

/** Elements from a channel's tiles to the next one's where transformed images lie by channel: their number, a multiple of four. */
export const pitchOf = (tiles: number): number => Math.ceil(tiles / 4) * 4;

/** Bytes of an image of x, of y and, in any pass, of the larger of its transformed tensors. */
export function bytesOfImage(shape: Conv2dShape, m: TileSize): [x: number, y: number, transformed: number] {
  const { oh, ow } = outputSize(shape);
  const { h, w, c, k, dtype = 'f32' } = shape;
  const bytes = bytesOf(dtype);
  const { tiles } = tilingOf(1, Math.max(h, oh), Math.max(w, ow), m);
  // Transformed tensors are never cut, so their images may lie at any byte.
  return [
    h * w * c * bytes,
    oh * ow * k * bytes,
    align(positionsOf(m) * pitchOf(tiles) * Math.max(c, k) * 4),
  ];
}

/** Whether a convolution can be computed this way, its transformed weight and some images fitting a binding. */
export function suitsWinograd(gpu: Gpu, shape: Conv2dShape, m: TileSize): boolean {
  const { n, c, k, r, s, stride, padding } = shape;
  if (r !== TAPS || s !== TAPS || stride !== 1 || padding >= TAPS || c % 4 !== 0 || k % 4 !== 0) return false;
  const weightBytes = positionsOf(m) * c * k * 4;
  return weightBytes <= gpu.maxBindingBytes && itemsPerBinding(gpu, n, ...bytesOfImage(shape, m)) > 0;
}
