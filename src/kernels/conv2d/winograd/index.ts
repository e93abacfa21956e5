/**
 * Winograd convolution: 3×3, stride 1, channels in multiples of four; all three passes (Lavin and Gray 2015,
 * arXiv:1509.09308). Images and weights are transformed tile by tile, multiplied as a batch of (m + 2)² matrix
 * products, and transformed back, which takes 9m²/(m + 2)² times fewer multiplications than the sums that it equals
 * but for rounding: 2.25 times for m = 2, 4 times for m = 4.
 */
import { rowOfWorkgroups, type Gpu, type Grid, type Storage } from '../../../gpu/index.ts';
import { given } from '../../optional.ts';
import type { Epilogue } from '../epilogue.wgsl.ts';
import { outputSize, type Conv2dShape } from '../shape.ts';
import { TAPS, type TileSize } from './matrices.ts';
import { product } from './product.ts';
import { imageToTiles, THREADS, tilesToImage, tilesToWeight, weightToTiles } from './transforms.wgsl.ts';

export type { TileSize } from './matrices.ts';

/** Whether a convolution can be computed this way. */
export const suitsWinograd = ({ c, k, r, s, stride, padding }: Conv2dShape): boolean =>
  r === TAPS && s === TAPS && stride === 1 && padding < TAPS && c % 4 === 0 && k % 4 === 0;

/** The side of a tile of outputs, and how the products are computed: by subgroups of so many lanes, or by tiles (0). */
export interface WinogradPlan {
  readonly m: TileSize;
  readonly lanes: number;
}

/** What follows the sums: the kernel's epilogue with its bindings and parameters. */
export interface After {
  readonly epilogue: Epilogue;
  readonly bindings: Readonly<Record<string, Storage | undefined>>;
  readonly params: { readonly eps: number; readonly relu: number };
}

const nothing: After = { epilogue: 'none', bindings: {}, params: { eps: 0, relu: 0 } };

/** y = x ∗ weight, then `after`; shapes as in conv2dForward. */
export function winogradForward(
  gpu: Gpu,
  { x, weight, y }: { readonly x: Storage; readonly weight: Storage; readonly y: Storage },
  shape: Conv2dShape,
  plan: WinogradPlan,
  after: After = nothing,
): void {
  const { oh, ow } = outputSize(shape);
  const { n, h, w, c, k, padding } = shape;
  const weights = transformWeight(gpu, weight, shape, plan, 'forwards');
  const tiles = tilesOf(n, oh, ow, plan.m);
  const inputs = transformImage(gpu, x, { ...tiles, height: h, width: w, channels: c, padding }, plan, 'input');
  const sums = product(gpu, 'plain', inputs, weights, { rows: tiles.tiles, columns: k, inner: c }, plan);
  transformBack(gpu, sums, y, { ...tiles, height: oh, width: ow, channels: k }, plan, after);
}

/** dx = the gradient with respect to x of Σ dy · y: dy convolved with the weights turned by 180°. */
export function winogradBackwardData(
  gpu: Gpu,
  { dy, weight, dx }: { readonly dy: Storage; readonly weight: Storage; readonly dx: Storage },
  shape: Conv2dShape,
  plan: WinogradPlan,
): void {
  const { oh, ow } = outputSize(shape);
  const { n, h, w, c, k } = shape;
  const padding = TAPS - 1 - shape.padding;
  const weights = transformWeight(gpu, weight, shape, plan, 'backwards');
  const tiles = tilesOf(n, h, w, plan.m);
  const inputs = transformImage(gpu, dy, { ...tiles, height: oh, width: ow, channels: k, padding }, plan, 'input');
  const sums = product(gpu, 'plain', inputs, weights, { rows: tiles.tiles, columns: c, inner: k }, plan);
  transformBack(gpu, sums, dx, { ...tiles, height: h, width: w, channels: c }, plan, nothing);
}

/**
 * dWeight = the gradient with respect to the weight of Σ dy · y. The transpose of y = Aᵀ[(G·g) ⊙ (Bᵀ·d)] in g:
 * Gᵀ[(A·dy) ⊙ (Bᵀ·d)], summed over all tiles before Gᵀ is applied, as a matrix product over them.
 */
export function winogradBackwardWeight(
  gpu: Gpu,
  { x, dy, dWeight }: { readonly x: Storage; readonly dy: Storage; readonly dWeight: Storage },
  shape: Conv2dShape,
  plan: WinogradPlan,
): void {
  const { oh, ow } = outputSize(shape);
  const { n, h, w, c, k, padding } = shape;
  const tiles = tilesOf(n, oh, ow, plan.m);
  const inputs = transformImage(gpu, x, { ...tiles, height: h, width: w, channels: c, padding }, plan, 'input');
  const output = { ...tiles, height: oh, width: ow, channels: k, padding: 0 };
  const gradients = transformImage(gpu, dy, output, plan, 'gradient');
  const sums = product(gpu, 'transposed', inputs, gradients, { rows: c, columns: k, inner: tiles.tiles }, plan);
  const plane = (c * k) / 4;
  gpu.run(tilesToWeight(plan.m), { tiles: sums, dWeight }, { plane }, threads(plane));
}

interface Tiles {
  readonly tilesX: number;
  readonly tilesY: number;
  /** Of all images. */
  readonly tiles: number;
}

function tilesOf(n: number, height: number, width: number, m: TileSize): Tiles {
  const [tilesX, tilesY] = [Math.ceil(width / m), Math.ceil(height / m)];
  return { tilesX, tilesY, tiles: n * tilesX * tilesY };
}

/** Multiplications of a tile; as many matrices there are. */
export const positionsOf = (m: TileSize): number => (m + TAPS - 1) ** 2;

/** Images, `channels` counted in elements, as tiles of them are laid out. */
interface TiledImages extends Tiles {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

function transformImage(
  gpu: Gpu,
  image: Storage,
  { channels, ...sizes }: TiledImages & { readonly padding: number },
  { m }: WinogradPlan,
  kind: 'input' | 'gradient',
): Storage {
  const tiles = gpu.temporary(positionsOf(m) * sizes.tiles * channels * 4, `winograd ${kind}`);
  const params = { ...sizes, channels: channels / 4 };
  gpu.run(imageToTiles(m, kind), { image, tiles }, params, threads(sizes.tiles * params.channels));
  return tiles;
}

function transformWeight(
  gpu: Gpu,
  weight: Storage,
  { c, k }: Conv2dShape,
  { m }: WinogradPlan,
  direction: 'forwards' | 'backwards',
): Storage {
  const tiles = gpu.temporary(positionsOf(m) * c * k * 4, 'winograd weight');
  gpu.run(weightToTiles(m, direction), { weight, tiles }, { c, k }, threads((c * k) / 4));
  return tiles;
}

function transformBack(
  gpu: Gpu,
  tiles: Storage,
  y: Storage,
  { channels, ...sizes }: TiledImages,
  { m }: WinogradPlan,
  after: After,
): void {
  const params = { ...sizes, channels: channels / 4, ...after.params };
  const bindings = { tiles, ...given(after.bindings), y };
  gpu.run(tilesToImage(m, after.epilogue), bindings, params, threads(sizes.tiles * params.channels));
}

const threads = (count: number): Grid => rowOfWorkgroups(Math.ceil(count / THREADS));
