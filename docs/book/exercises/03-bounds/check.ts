/**
 * Exercise 3: the kernel runs into memory full of NaN, wide enough to catch what every thread of the grid might write: a NaN
 * that is gone shows a thread that wrote beside the picture, and one that is left shows a pixel that nobody made.
 */
import type { Gpu, Kernel } from '../../../../src/gpu/index.ts';
import { Mistake, type Bench, type Exercise } from '../exercise.ts';

interface Yours {
  readonly mirror: Kernel<'x' | 'y', 'columns' | 'rows' | 'pitch'>;
}

async function check({ mirror }: Yours, gpu: Gpu, columns: number, rows: number): Promise<void> {
  const [across = 1, down = 1] = mirror.workgroupSize;
  const grid = [Math.ceil(columns / across), Math.ceil(rows / down)] as const;
  const [pitch, height] = [grid[0] * across, grid[1] * down];
  const picture = Float32Array.from({ length: columns * rows }, (_, i) => i + 1);
  const y = await gpu.scope(() => {
    const y = gpu.upload(new Float32Array(pitch * height).fill(NaN));
    gpu.run(mirror, { x: gpu.upload(picture), y }, { columns, rows, pitch }, grid);
    return gpu.read(y);
  });
  for (const [i, found] of y.entries()) {
    const [column, row] = [i % pitch, Math.floor(i / pitch)];
    const at = `With ${columns} columns and ${rows} rows, at column ${column} of row ${row}`;
    if (column >= columns || row >= rows) {
      if (!Number.isNaN(found))
        throw new Mistake(`${at}, which lies outside of the picture, thread (${column}, ${row}) wrote.`);
      continue;
    }
    if (Number.isNaN(found)) throw new Mistake(`${at} nobody wrote.`);
    const expected = row * columns + columns - column;
    if (found !== expected) throw new Mistake(`${at} stands ${found}, and should ${expected}.`);
  }
}

const at =
  (...sizes: readonly (readonly [columns: number, rows: number])[]) =>
  async (yours: Yours, bench: Bench) => {
    const gpu = await bench.gpu();
    for (const [columns, rows] of sizes) await check(yours, gpu, columns, rows);
  };

const exercise: Exercise<Yours> = {
  task: 'Exercise 3: send the threads away that have no pixel.',
  steps: [
    {
      holds: 'a picture of 8 × 4, which workgroups of 4 × 4 cover exactly',
      hint: 'This was right before you began: what does your change do to the threads that have a pixel?',
      check: at([8, 4]),
    },
    {
      holds: 'a picture of 10 × 8, whose rows end within a workgroup',
      hint: 'params.columns says how many columns there are. A thread with thread.x from there on should return.',
      check: at([10, 8]),
    },
    {
      holds: 'a picture of 8 × 7, whose last rows end within a workgroup',
      hint: 'The same is needed downwards: thread.y and params.rows.',
      check: at([8, 7]),
    },
    {
      holds: 'pictures of 10 × 7, of 1 × 1 and of 5 × 3',
      hint: 'Is it < or <=? The last column has the number columns − 1.',
      check: at([10, 7], [1, 1], [5, 3]),
    },
  ],
};
export default exercise;
