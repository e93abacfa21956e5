import { read, write } from '../../../gpu/index.ts';
import { at, matrix, values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, noRace, right, together } from '../steps.ts';

const [ROWS, COLUMNS] = [96, 64];
/** What WebGPU promises of every adapter. */
const MOST_THREADS = 256;

export const limits = defineExercise({
  name: 'limits',
  title: 'A tile too large',
  about: 'broken',
  task: 'Transpose a matrix. To read along rows and to write along rows, a workgroup carries a tile through workgroup memory, a thread an element. The tile is 64 × 64, and no adapter takes that. Make it one that every adapter takes. The host reads the workgroup’s size in the text and dispatches as many as it needs.',
  moral:
    'WebGPU promises 256 threads a workgroup and 16 KiB of workgroup memory. An adapter may offer more, and a kernel that runs on yours may be refused elsewhere: stay within, or ask first.',
  bindings: { x: read(), y: write() },
  params: { rows: 'u32', columns: 'u32' },
  start: {
    workgroupSize: ['SIDE', 'SIDE'],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u',
    declarations: `const SIDE = 64u;
      var<workgroup> tile: array<array<f32, SIDE>, SIDE>;`,
    body: `
      let row = workgroup.y * SIDE + local.y;
      let column = workgroup.x * SIDE + local.x;
      if (row < params.rows && column < params.columns) {
        tile[local.y][local.x] = x[row * params.columns + column];
      }
      workgroupBarrier();
      let to_row = workgroup.x * SIDE + local.y;
      let to_column = workgroup.y * SIDE + local.x;
      if (to_row < params.columns && to_column < params.rows) {
        y[to_row * params.rows + to_column] = tile[local.x][local.y];
      }`,
  },
  solution: {
    declarations: `const SIDE = 16u;
      var<workgroup> tile: array<array<f32, SIDE>, SIDE>;`,
  },
  compileHints: [
    'How many threads is SIDE × SIDE? WebGPU promises 256 in a workgroup.',
    'const SIDE = 16u; makes 256 threads.',
  ],
  cases: () => {
    const x = values(ROWS * COLUMNS, 19);
    return [
      {
        name: 'a 96 × 64 matrix',
        inputs: { x },
        params: { rows: ROWS, columns: COLUMNS },
        output: {
          name: 'y',
          shape: [COLUMNS, ROWS],
          expected: matrix(COLUMNS, ROWS, (row, column) => at(x, column * COLUMNS + row)),
        },
        grid: ([width, height]) => [Math.ceil(COLUMNS / width), Math.ceil(ROWS / height)],
      },
    ];
  },
  steps: [
    {
      holds: 'A workgroup has at most 256 threads, which every adapter takes',
      hints: ['Your adapter takes more than WebGPU promises. SIDE × SIDE must not be above 256.'],
      check: ({ workgroup: [x, y, z] }) =>
        x * y * z > MOST_THREADS
          ? `A workgroup has ${x} × ${y} = ${x * y * z} threads. This adapter takes that, others do not: WebGPU promises 256.`
          : undefined,
    },
    inBounds(['Reads and writes are each checked against the sides of their own matrix.']),
    noRace(['The barrier between filling the tile and reading it has to stay.']),
    right(['The tile keeps its threads: SIDE alone has to change.']),
    together(
      ['x', 'y'],
      [
        'Both the read and the write must run along rows, with local.x for the column: that is what the tile is for.',
        'In a tile of side 8, 32 threads are four rows of 32 bytes. Side 16 is the largest with 256 threads, and makes two of 64.',
      ],
    ),
  ],
});
