/**
 * Exercise 12: the kernel counts its own loads and FMAs, which decides about the prediction; its result is that of plain loops. How long
 * it takes is told, and decides nothing.
 */
import { defineKernel, type Gpu } from '../../../../src/gpu/index.ts';
import { ladder } from '../../../../src/kernels/linear/ladder/index.ts';
import type { MatmulShape } from '../../../../src/kernels/linear/ladder/matmul.ts';
import { backward as reference } from '../../../../src/kernels/linear/reference.ts';
import { createRandom } from '../../../../src/random.ts';
import { Mistake, type Exercise } from '../exercise.ts';
import { countsOf } from './counting.ts';

interface Yours {
  readonly prediction: { readonly loads: number; readonly kept: number };
  readonly TILE: number;
  readonly product: Parameters<typeof countsOf>[1];
}

const SIDE = 4;
/** Of the matrices that are timed. */
const SIZE = 384;
/** f32 sums of at most 70 terms, none larger than a quarter. */
const TOLERANCE = 1e-5;

function record(
  gpu: Gpu,
  { product, TILE }: Yours,
  storages: Parameters<(typeof ladder)[0]['run']>[1],
  shape: MatmulShape,
) {
  const grid = [Math.ceil(shape.columns / TILE), Math.ceil(shape.rows / TILE)] as const;
  gpu.run(defineKernel(product), storages, shape, grid);
}

async function checkProduct(gpu: Gpu, yours: Yours, shape: MatmulShape): Promise<void> {
  const { rows, columns, depth } = shape;
  const random = createRandom(12);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.uniform() - 0.5);
  const [a, b] = [numbers(rows * depth), numbers(depth * columns)];
  const found = await gpu.scope(() => {
    const c = gpu.upload(new Float32Array(rows * columns).fill(NaN));
    record(gpu, yours, { a: gpu.upload(a), b: gpu.upload(b), c }, shape);
    return gpu.read(c);
  });
  // dx = dy · weight is a product of two plain matrices.
  const linear = { n: rows, outFeatures: depth, inFeatures: columns };
  const { dx } = reference({ dy: a, weight: b, x: new Float32Array(rows * columns) }, linear);
  const at = dx.findIndex((value, i) => !(Math.abs(value - (found[i] ?? NaN)) <= TOLERANCE));
  if (at < 0) return;
  const place = `c[${Math.floor(at / columns)}, ${at % columns}]`;
  const value = found[at] ?? NaN;
  throw new Mistake(
    `A of ${rows} × ${depth} by B of ${depth} × ${columns}: ${Number.isNaN(value) ? `nobody wrote ${place}` : `${place} is ${value.toFixed(4)}`}, and it should be ${dx[at]?.toFixed(4)}.`,
  );
}

const predicted = (
  what: 'loads' | 'kept',
  holds: string,
  say: (predicted: number, counted: number) => string,
  hint: string,
): Exercise<Yours>['steps'][number] => ({
  holds,
  hint,
  async check({ prediction, product, TILE }, { gpu }) {
    const counts = await countsOf(await gpu(), product, TILE);
    if (prediction[what] !== counts[what]) throw new Mistake(say(prediction[what], counts[what]));
  },
});

const exercise: Exercise<Yours> = {
  task: 'Exercise 12: let a thread compute 4 × 4 elements in place of 8 × 8, and predict what it costs.',
  steps: [
    {
      holds: 'a thread computes 4 × 4 elements',
      hint: `sum and left are arrays of 4 now, and so are the loops over i and j. 8 × 8 threads then compute a tile of 32 × 32.`,
      async check({ product, TILE }, { gpu }) {
        const { outputs } = await countsOf(await gpu(), product, TILE);
        if (outputs !== SIDE * SIDE)
          throw new Mistake(`A thread makes ${outputs} FMAs for each k, and not ${SIDE * SIDE}.`);
        if (TILE !== 8 * SIDE)
          throw new Mistake(
            `TILE is ${TILE}, but 8 × 8 threads with ${SIDE} × ${SIDE} elements each compute ${8 * SIDE} × ${8 * SIDE}.`,
          );
      },
    },
    {
      holds: 'the product is right, also where tiles do not divide it',
      hint: 'A row of bTile has 32 columns now, and the workgroup 64 threads: half of them have no column of their own. Stage two rows at a time, as aTile does with four.',
      async check(yours, bench) {
        const gpu = await bench.gpu();
        const shapes = [
          { rows: 32, columns: 32, depth: 16 },
          { rows: 64, columns: 96, depth: 32 },
          { rows: 33, columns: 70, depth: 17 },
          { rows: 1, columns: 1, depth: 1 },
        ];
        for (const shape of shapes) await checkProduct(gpu, yours, shape);
      },
    },
    predicted(
      'loads',
      'the loads for an FMA are as predicted',
      (said, counted) => `You say ${said} loads for each FMA, and the kernel makes ${counted}.`,
      'For each k a thread loads 4 numbers of A and 4 of B, and makes 4 · 4 FMAs of them.',
    ),
    predicted(
      'kept',
      'a thread keeps as many numbers as predicted',
      (said, counted) => `You say that a thread keeps ${said} numbers, and it keeps ${counted}.`,
      'It keeps 4 · 4 sums, 4 numbers of A in `left`, and one of B in `right`.',
    ),
  ],
  afterwards: async (yours, bench) => {
    const gpu = await bench.gpu();
    const shape = { rows: SIZE, columns: SIZE, depth: SIZE };
    const matrix = () => gpu.persistent(SIZE * SIZE * 4, 'matrix');
    const storages = { a: matrix(), b: matrix(), c: matrix() };
    gpu.clear(storages.a);
    gpu.clear(storages.b);
    const eight = ladder.find(({ name }) => name === '4-register-tiled');
    const runs = [() => eight?.run(gpu, storages, shape), () => record(gpu, yours, storages, shape)];
    const best = [Infinity, Infinity];
    for (let round = 0; round < 3; round++)
      for (const [i, run] of runs.entries()) {
        const start = performance.now();
        await gpu.scope(run);
        await gpu.finish();
        if (round > 0) best[i] = Math.min(best[i] ?? Infinity, performance.now() - start); // the first compiles
      }
    for (const storage of Object.values(storages)) gpu.release(storage);
    const [before = NaN, now = NaN] = best;
    return `On this adapter 4 × 4 takes ${(now / before).toFixed(2)} times as long as 8 × 8, for matrices of ${SIZE} × ${SIZE}.`;
  },
};
export default exercise;
