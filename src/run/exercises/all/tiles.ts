import { read, write } from '../../../gpu/index.ts';
import { at, matrix, sum, values } from '../data.ts';
import { defineExercise, type Case } from '../exercise.ts';
import { fewReads, inBounds, noRace, right } from '../steps.ts';

const [SIDE, TILE] = [32, 16];

/** A product of two square matrices, in workgroups of `outputs` × `outputs` elements of the result. */
export function productCase(side: number, outputs: number): Case {
  const timed = timedProduct(side, outputs);
  const { a, b } = timed.inputs;
  const expected = matrix(side, side, (row, column) =>
    sum(0, side, (k) => at(a, row * side + k) * at(b, k * side + column)),
  );
  return { ...timed, output: { ...timed.output, expected } };
}

export const timedProduct = (side: number, outputs: number) => ({
  name: `${side} × ${side} matrices`,
  inputs: { a: values(side * side, 20), b: values(side * side, 21) },
  params: { side },
  output: { name: 'c', shape: [side, side] },
  grid: () => [side / outputs, side / outputs] as const,
});

export const tiles = defineExercise({
  name: 'tiles',
  title: 'The same numbers, again and again',
  about: 'slow',
  task: 'A product of two matrices of 32 × 32, a thread an element. Each thread reads a row of a and a column of b from memory: 64 reads for each element. But the 16 threads side by side in a workgroup read the same row. Let a workgroup fetch a tile of 16 × 16 of each matrix into workgroup memory, each thread one element of each, work on it, and go on to the next tile.',
  moral:
    'A tile of side 16 divides the reads from memory by 16: each number fetched is used 16 times. It takes two barriers a tile: one after filling, one before the next filling.',
  bindings: { a: read(), b: read(), c: write() },
  params: { side: 'u32' },
  start: {
    workgroupSize: [TILE, TILE],
    builtins: '@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) local: vec3u',
    declarations: `
      var<workgroup> tile_a: array<array<f32, ${TILE}>, ${TILE}>;
      var<workgroup> tile_b: array<array<f32, ${TILE}>, ${TILE}>;`,
    body: `
      let row = id.y;
      let column = id.x;
      var sum = 0.0;
      for (var k = 0u; k < params.side; k++) {
        sum += a[row * params.side + k] * b[k * params.side + column];
      }
      c[row * params.side + column] = sum;`,
  },
  solution: {
    body: `
      let row = id.y;
      let column = id.x;
      var sum = 0.0;
      for (var begin = 0u; begin < params.side; begin += ${TILE}u) {
        tile_a[local.y][local.x] = a[row * params.side + begin + local.x];
        tile_b[local.y][local.x] = b[(begin + local.y) * params.side + column];
        workgroupBarrier();
        for (var k = 0u; k < ${TILE}u; k++) {
          sum += tile_a[local.y][k] * tile_b[k][local.x];
        }
        workgroupBarrier();
      }
      c[row * params.side + column] = sum;`,
  },
  compileHints: [
    'All threads must come to the barriers: the loop over the tiles has to go round as often in each of them.',
  ],
  cases: () => [productCase(SIDE, TILE)],
  timed: () => timedProduct(256, TILE),
  steps: [
    inBounds(['A tile has 16 rows and 16 columns; both matrices have 32, which is two tiles.']),
    noRace([
      'A tile may be read once all threads have filled their element: a barrier. And filled again once all have read: another one.',
    ]),
    right(['Every tile adds 16 products to each sum: tile_a[local.y][k] · tile_b[k][local.x].']),
    fewReads({
      holds: 'For each element of the result, 4 reads from memory at most',
      hints: [
        'Loop over the tiles first: for (var begin = 0u; begin < params.side; begin += 16u). In each turn a thread reads one element of a and one of b.',
        'tile_a[local.y][local.x] = a[row * params.side + begin + local.x]; likewise row begin + local.y of b, at the thread’s own column. Then a barrier.',
        'Then for k of 0 to 15: sum += tile_a[local.y][k] * tile_b[k][local.x]; and a barrier before the next tile.',
      ],
      reads: ({ diaries }) => diaries.reads('a') + diaries.reads('b'),
      units: ({ of }) => of.output.expected.length,
      most: (2 * SIDE) / TILE,
      each: 'element',
    }),
  ],
});
