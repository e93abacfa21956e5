/** Sums and means over axes, in an order that is the same every time. */
import { type Gpu, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { type AxisShape, axisShape, tileFor, TILES } from '../columns.ts';
import { mul, scale } from '../elementwise/index.ts';
import { given } from '../optional.ts';
import { spanFor } from './parts.ts';
import { sumKernel } from './sum.wgsl.ts';

/** What is summed, and where the sums go. */
export interface SumStorages {
  readonly x: Storage;
  /** Of x's shape: the sum is that of the products. */
  readonly times?: Storage | undefined;
  readonly y: Storage;
}

/**
 * y = factor · Σ x, or Σ x · times, over `axes` of `shape`; y has the other axes. Throws `RangeError` for an axis that there is not and
 * a storage that is too small.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(1, 2, 3, 4, 5, 6)); // two rows of three
 * const y = gpu.temporary(2 * 4);
 * sumAxes(gpu, { x, y }, [2, 3], [1], 1 / 3);
 * await gpu.read(y); // → [2, 5]
 * ```
 */
export function sumAxes(
  gpu: Gpu,
  { x, times, y }: SumStorages,
  shape: readonly number[],
  axes: readonly number[],
  factor = 1,
): void {
  checkSizes('sum', Object.fromEntries(shape.map((side, axis) => [`side ${axis}`, side])));
  const bad = axes.find((axis) => !(Number.isInteger(axis) && axis >= 0 && axis < shape.length));
  if (bad !== undefined) throw new RangeError(`sum: [${shape.join(', ')}] has no axis ${bad}.`);
  const size = shape.reduce((product, side) => product * side, 1);
  const left = shape.reduce((product, side, axis) => (axes.includes(axis) ? product : product * side), 1);
  checkStorages('sum', { x: [x, size], times: [times, size], y: [y, left] });
  const runs = runsOf(shape, axes);
  const order = runs.flatMap(({ isSummed }, i) => (isSummed ? [i] : [])).reverse(); // what lies closest first
  if (order.length === 0) return copyScaled(gpu, { x, times, y }, size, factor);
  const sides = runs.map(({ length }) => length);
  let storages: Pick<SumStorages, 'x' | 'times'> = { x, times };
  for (const [pass, run] of order.entries()) {
    const along = axisShape(sides, run);
    sides[run] = 1;
    const isLast = pass === order.length - 1;
    const into = isLast ? y : gpu.temporary(along.outer * along.inner * 4, 'partial sums');
    sumAlong(gpu, { ...storages, y: into }, along, isLast ? factor : 1);
    storages = { x: into };
  }
}

/** Neighbouring axes that are both summed, or both not, are one; those of length 1 count for nothing. */
function runsOf(shape: readonly number[], axes: readonly number[]) {
  const runs: { length: number; readonly isSummed: boolean }[] = [];
  for (const [axis, length] of shape.entries()) {
    if (length === 1) continue;
    const isSummed = axes.includes(axis);
    const last = runs.at(-1);
    if (last?.isSummed === isSummed) last.length *= length;
    else runs.push({ length, isSummed });
  }
  return runs;
}

function copyScaled(gpu: Gpu, { x, times, y }: SumStorages, size: number, factor: number): void {
  const source = x.slice(0, size * 4);
  if (!times && factor === 1) return gpu.copy(source, y);
  if (times && factor === 1) return mul(gpu, { a: x, b: times, y }, size);
  const product = times ? gpu.temporary(size * 4, 'products') : source;
  if (times) mul(gpu, { a: x, b: times, y: product }, size);
  scale(gpu, { x: product, factor: gpu.upload(Float32Array.of(factor)), y }, size);
}

/** y [outer, inner] = factor · Σ over the axis. */
function sumAlong(gpu: Gpu, { x, times, y }: SumStorages, shape: AxisShape, factor: number): void {
  const { tile, width, contiguous } = tileFor(gpu, shape);
  const unit = contiguous ? width : 1;
  const length = shape.length / unit;
  const inner = contiguous ? 1 : shape.inner / width;
  const span = spanFor(gpu, shape);
  const parts = Math.ceil(length / span);
  const sums = parts === 1 ? y : gpu.temporary(shape.outer * parts * shape.inner * 4, 'partial sums');
  const { lanes } = TILES[tile];
  for (const chunk of chunksOf(gpu, shape, span * unit, parts)) {
    const columns = chunk.outer * inner;
    const [y, z = 1] = rowOfWorkgroups(Math.ceil(columns / lanes));
    gpu.run(
      sumKernel(tile, width, contiguous, times !== undefined),
      given({ x: chunk.slice(x), times: times && chunk.slice(times), y: chunk.results(sums) }),
      {
        ...{ columns, length: chunk.length / unit, inner, span },
        ...{ parts, firstPart: chunk.firstPart, factor: parts === 1 ? factor : 1 },
      },
      [Math.ceil(chunk.length / unit / span), y, z],
    );
  }
  if (parts > 1) sumAlong(gpu, { x: sums, y }, { ...shape, length: parts }, factor);
}

/** What is bound at once: some items of the outer axis, or, where there is one, some parts of the axis that is summed. */
function chunksOf(gpu: Gpu, { outer, length, inner }: AxisShape, span: number, parts: number) {
  const row = inner * 4;
  if (outer === 1)
    return bindingChunks(gpu, parts, Math.min(span, length) * row).map(({ first, count }) => {
      const items = Math.min(count * span, length - first * span);
      return {
        ...{ outer: 1, length: items, firstPart: first },
        slice: (storage: Storage) => storage.slice(first * span * row, items * row),
        results: (sums: Storage) => sums,
      };
    });
  return bindingChunks(gpu, outer, length * row, parts * row).map(({ first, count }) => ({
    ...{ outer: count, length, firstPart: 0 },
    slice: (storage: Storage) => storage.slice(first * length * row, count * length * row),
    results: (sums: Storage) => sums.slice(first * parts * row, count * parts * row),
  }));
}
