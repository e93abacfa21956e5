/** A bias that is added to what a kernel without one has computed, and its gradient: convolutions share them with linear. */
import { rowOfWorkgroups, type Gpu, type Storage } from '../../gpu/index.ts';
import { bindingChunks } from '../chunks.ts';
import { widthOf } from '../vectors.ts';
import { addBiasKernel, BIAS_THREADS } from './add-bias.wgsl.ts';
import { COLUMNS, columnSumsKernel } from './column-sums.wgsl.ts';

interface Matrix {
  readonly rows: number;
  readonly columns: number;
}

/** y [rows, columns] += bias [columns]. */
export function addBias(
  gpu: Gpu,
  { bias, y }: { readonly bias: Storage; readonly y: Storage },
  { rows, columns }: Matrix,
): void {
  const width = widthOf(columns);
  for (const { first, count } of bindingChunks(gpu, rows, columns * 4)) {
    const part = { bias, y: y.slice(first * columns * 4, count * columns * 4) };
    const threads = (count * columns) / width;
    gpu.run(
      addBiasKernel(width),
      part,
      { rows: count, columns },
      rowOfWorkgroups(Math.ceil(threads / BIAS_THREADS)),
    );
  }
}

/** dBias [columns] = Σrows dy [rows, columns]. */
export function biasGradient(
  gpu: Gpu,
  { dy, dBias }: { readonly dy: Storage; readonly dBias: Storage },
  { rows, columns }: Matrix,
): void {
  gpu.run(columnSumsKernel, { x: dy, sums: dBias }, { rows, columns }, [Math.ceil(columns / COLUMNS)]);
}
