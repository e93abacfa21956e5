/** Layer normalisation (Ba, Kiros and Hinton 2016) of each row of a matrix [rows, length]. */
import { type Gpu, type Grid, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { tileFor, TILES, type Tiling } from '../columns.ts';
import { given } from '../optional.ts';
import { spanFor } from '../sum/parts.ts';
import { sumAxes } from '../sum/index.ts';
import { widthOf } from '../vectors.ts';
import { backwardKernel, forwardKernel, parametersKernel } from './layer-norm.wgsl.ts';

/** The sizes of x [rows, length]. */
export interface LayerNormShape {
  readonly rows: number;
  readonly length: number;
}

/** What a row was normalised by, and what each of its columns is multiplied by. */
interface Normalisation {
  /** [rows] floats. */
  readonly mean: Storage;
  /** [rows] floats: 1/√(variance + eps), the variance with `length` below the line. */
  readonly invStd: Storage;
  /** [length] floats; 1 if it is left out. */
  readonly weight?: Storage | undefined;
}

/**
 * y = (x − mean) · invStd · weight + bias, x and y [rows, length], weight and bias [length], both or none; mean and invStd are results
 * too. Throws `RangeError` if a storage is too small, or one of weight and bias is missing.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(1, 3, 10, 30)); // two rows
 * const [mean, invStd, y] = [gpu.temporary(2 * 4), gpu.temporary(2 * 4), gpu.temporary(4 * 4)];
 * layerNormForward(gpu, { x, mean, invStd, y }, { rows: 2, length: 2 }, { eps: 0 });
 * await gpu.read(y); // → [-1, 1, -1, 1]
 * ```
 */
export function layerNormForward(
  gpu: Gpu,
  storages: Normalisation & {
    readonly x: Storage;
    readonly bias?: Storage | undefined;
    readonly y: Storage;
  },
  shape: LayerNormShape,
  { eps }: { readonly eps: number },
): void {
  const { x, y, mean, invStd, weight, bias } = storages;
  check('layerNorm', shape, { x, y }, storages);
  checkStorages('layerNorm', { bias: [bias, shape.length] });
  if (!weight !== !bias)
    throw new RangeError('layerNorm: weight and bias go together: give both of them or none.');
  overRows(gpu, shape, { x, y }, { mean, invStd }, ({ tile, width }, parts, params, grid) =>
    gpu.run(
      forwardKernel(tile, width, weight !== undefined),
      given({ ...parts, weight, bias }),
      { ...params, eps },
      grid,
    ),
  );
}

/** What `layerNormBackward` computes, each where it is asked for. */
export interface LayerNormGradients {
  readonly dx?: Storage | undefined;
  readonly dWeight?: Storage | undefined;
  readonly dBias?: Storage | undefined;
}

/**
 * The gradients of `layerNormForward`, from its mean and invStd. Throws `RangeError` if a storage is too small.
 *
 * ```ts
 * const [dy, x] = [gpu.upload(Float32Array.of(1, 2, 3, 4)), gpu.upload(Float32Array.of(1, 3, 10, 30))];
 * const [mean, invStd] = [gpu.upload(Float32Array.of(2, 20)), gpu.upload(Float32Array.of(1, 0.1))];
 * const dWeight = gpu.temporary(2 * 4);
 * layerNormBackward(gpu, { dy, x, mean, invStd, dWeight }, { rows: 2, length: 2 });
 * await gpu.read(dWeight); // → [-4, 6]
 * ```
 */
export function layerNormBackward(
  gpu: Gpu,
  storages: Normalisation & LayerNormGradients & { readonly dy: Storage; readonly x: Storage },
  shape: LayerNormShape,
): void {
  const { dy, x, mean, invStd, weight, dx, dWeight, dBias } = storages;
  check('layerNormBackward', shape, { dy, x, dx }, storages);
  checkStorages('layerNormBackward', { dWeight: [dWeight, shape.length], dBias: [dBias, shape.length] });
  if (dx)
    overRows(gpu, shape, { dy, x, dx }, { mean, invStd }, ({ tile, width }, parts, params, grid) =>
      gpu.run(backwardKernel(tile, width, weight !== undefined), given({ ...parts, weight }), params, grid),
    );
  if (dWeight || dBias) parameterGradients(gpu, { dy, x, mean, invStd }, { dWeight, dBias }, shape);
}

function parameterGradients(
  gpu: Gpu,
  { dy, x, mean, invStd }: Readonly<Record<'dy' | 'x' | 'mean' | 'invStd', Storage>>,
  { dWeight, dBias }: LayerNormGradients,
  { rows, length }: LayerNormShape,
): void {
  const tiling: Tiling = {
    tile: gpu.software ? 'alone' : 'across',
    width: widthOf(length),
    contiguous: false,
  };
  const chunks = bindingChunks(gpu, rows, length * 4, 4).map((chunk) => {
    const span = spanFor(gpu, { outer: 1, length: chunk.count, inner: length }, tiling);
    return { ...chunk, span, parts: Math.ceil(chunk.count / span) };
  });
  const parts = chunks.reduce((sum, chunk) => sum + chunk.parts, 0);
  const temporary = () => gpu.temporary(parts * length * 4, 'partial gradients');
  const [weights, biases] = [(parts === 1 && dWeight) || temporary(), (parts === 1 && dBias) || temporary()];
  const columns = length / tiling.width;
  const [y, z = 1] = rowOfWorkgroups(Math.ceil(columns / TILES[tiling.tile].lanes));
  let firstPart = 0;
  for (const { first, count, span, parts } of chunks) {
    const matrix = (storage: Storage) => storage.slice(first * length * 4, count * length * 4);
    const vector = (storage: Storage) => storage.slice(first * 4, count * 4);
    gpu.run(
      parametersKernel(tiling.tile, tiling.width),
      { dy: matrix(dy), x: matrix(x), mean: vector(mean), invStd: vector(invStd), weights, biases },
      { columns, length: count, inner: columns, span, firstPart },
      [parts, y, z],
    );
    firstPart += parts;
  }
  if (parts === 1) return;
  if (dWeight) sumAxes(gpu, { x: weights, y: dWeight }, [parts, length], [0]);
  if (dBias) sumAxes(gpu, { x: biases, y: dBias }, [parts, length], [0]);
}

/** Runs a kernel over all rows, in parts that fit a binding. */
function overRows(
  gpu: Gpu,
  { rows, length }: LayerNormShape,
  matrices: Readonly<Record<string, Storage>>,
  vectors: Readonly<Record<string, Storage>>,
  run: (
    tiling: Tiling,
    parts: Readonly<Record<string, Storage>>,
    params: { readonly columns: number; readonly length: number; readonly size: number },
    grid: Grid,
  ) => void,
): void {
  const tiling = tileFor(gpu, { outer: rows, length, inner: 1 });
  for (const { first, count } of bindingChunks(gpu, rows, length * 4, 4)) {
    const slices = (storages: Readonly<Record<string, Storage>>, bytes: number) =>
      Object.entries(storages).map(
        ([name, storage]) => [name, storage.slice(first * bytes, count * bytes)] as const,
      );
    const parts = Object.fromEntries([...slices(matrices, length * 4), ...slices(vectors, 4)]);
    const [y, z = 1] = rowOfWorkgroups(Math.ceil(count / TILES[tiling.tile].lanes));
    const params = { columns: count, length: length / tiling.width, size: length };
    run(tiling, parts, params, [1, y, z]);
  }
}

function check(
  op: string,
  { rows, length }: LayerNormShape,
  matrices: Readonly<Record<string, Storage | undefined>>,
  { mean, invStd, weight }: Normalisation,
): void {
  checkSizes(op, { rows, length });
  for (const [name, storage] of Object.entries(matrices))
    checkStorages(op, { [name]: [storage, rows * length] });
  checkStorages(op, { mean: [mean, rows], invStd: [invStd, rows], weight: [weight, length] });
}
