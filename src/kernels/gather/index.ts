/**
 * Picks rows out of a matrix, in any order and as often as wanted. That is how a batch is put together from features that
 * were computed once: one command, where a copy command a row would be as many as there are images.
 */
import { type Gpu, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { widthOf } from '../vectors.ts';
import { gatherKernel, WORKGROUP } from './gather.wgsl.ts';

/** The sizes of x [rows, width] and y [n, width]. */
export interface GatherShape {
  /** Rows of x. */
  readonly rows: number;
  /** Rows of y. */
  readonly n: number;
  /** Floats per row. */
  readonly width: number;
}

/**
 * Copies rows of x [rows, width] to rows of y [n, width]: `moves` holds pairs (row of x, row of y). Rows of y that none
 * names stay as they are, to be filled from other matrices; no two moves go to the same. Throws `RangeError` for rows
 * that are not there and storages that are too small, `GpuError` for a matrix that exceeds a binding.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(1, 2, 3, 4, 5, 6)); // three rows
 * const y = gpu.temporary(4 * 4);
 * gatherRows(gpu, { x, y }, { rows: 3, n: 2, width: 2 }, Uint32Array.of(2, 0, 0, 1));
 * await gpu.read(y); // → [5, 6, 1, 2]
 * ```
 */
export function gatherRows(
  gpu: Gpu,
  { x, y }: { readonly x: Storage; readonly y: Storage },
  { rows, n, width }: GatherShape,
  moves: Uint32Array,
): void {
  checkSizes('gatherRows', { rows, n, width, 'moves.length / 2': moves.length / 2 });
  checkStorages('gatherRows', { x: [x, rows * width], y: [y, n * width] });
  checkRows('x', rows, moves, 0);
  checkRows('y', n, moves, 1);
  const vectors = width / widthOf(width);
  const items = (moves.length / 2) * vectors;
  gpu.run(
    gatherKernel(widthOf(width)),
    { x, moves: gpu.upload(moves, 'moves'), y },
    { items, vectors },
    rowOfWorkgroups(Math.ceil(items / WORKGROUP)),
  );
}

/** Throws `RangeError` unless every second number of `moves` from `first` on is a row of the matrix `name`. */
function checkRows(name: string, rows: number, moves: Uint32Array, first: 0 | 1): void {
  for (let i = first; i < moves.length; i += 2) {
    const row = moves[i]!; // below the length
    if (row >= rows)
      throw new RangeError(`gatherRows: there is no row ${row} of ${name}, which has ${rows}.`);
  }
}
