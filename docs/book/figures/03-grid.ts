/** Chapter 3: a grid of workgroups over a picture. Each cell says which workgroup wrote it, as a GPU has filled them in. */
import { defineKernel, write } from '../../../src/gpu/index.ts';
import type { Bench } from '../exercises/exercise.ts';
import { box, drawing, line, text, WIDTH, type Ink, type Point } from './svg.ts';

const [COLUMNS, ROWS] = [10, 7];
const SIDE = 4;
const GRID = [Math.ceil(COLUMNS / SIDE), Math.ceil(ROWS / SIDE)] as const;
const CELL = 34;
const [left, top] = [24, 54];
const inks: readonly Ink[] = ['blue', 'orange', 'green', 'orange', 'green', 'blue'];

const who = defineKernel({
  name: 'who',
  bindings: { y: write() },
  params: { columns: 'u32', rows: 'u32' },
  workgroupSize: [SIDE, SIDE],
  builtins: '@builtin(global_invocation_id) thread: vec3u, @builtin(workgroup_id) workgroup: vec3u',
  body: `
  if (thread.x >= params.columns || thread.y >= params.rows) { return; }
  y[thread.y * params.columns + thread.x] = f32(workgroup.y * ${GRID[0]}u + workgroup.x);`,
});

export default async function grid(bench: Bench): Promise<string> {
  const gpu = await bench.gpu();
  const writers = await gpu.scope(() => {
    const y = gpu.temporary(COLUMNS * ROWS * 4);
    gpu.run(who, { y }, { columns: COLUMNS, rows: ROWS }, GRID);
    return gpu.read(y);
  });
  const corner = (column: number, row: number): Point => [left + column * CELL, top + row * CELL];
  const cells = Array.from({ length: GRID[0] * SIDE * GRID[1] * SIDE }, (_, i) => {
    const [column, row] = [i % (GRID[0] * SIDE), Math.floor(i / (GRID[0] * SIDE))];
    const [x, y] = corner(column, row);
    if (column >= COLUMNS || row >= ROWS) {
      const [a, b] = [CELL * 0.36, CELL * 0.64];
      const cross = [
        line([[x + a, y + a], [x + b, y + b]], 'faint'), // prettier-ignore
        line([[x + b, y + a], [x + a, y + b]], 'faint'), // prettier-ignore
      ];
      return cross.join('');
    }
    const writer = writers[row * COLUMNS + column] ?? NaN;
    const ink = inks[writer] ?? 'ink';
    return [
      `<g opacity="0.3">${box([x + 1.5, y + 1.5], CELL - 3, CELL - 3, ink, true)}</g>`,
      text([x + CELL / 2, y + CELL / 2 + 5], String(writer), { anchor: 'middle' }),
    ].join('');
  });
  const outline = (from: Point, to: Point, ink: Ink, dashed = false) =>
    line([from, [to[0], from[1]], to, [from[0], to[1]], from], ink, dashed);
  const workgroups = Array.from({ length: GRID[0] * GRID[1] }, (_, i) => {
    const [column, row] = [(i % GRID[0]) * SIDE, Math.floor(i / GRID[0]) * SIDE];
    return outline(corner(column, row), corner(column + SIDE, row + SIDE), 'faint', true);
  });
  const right = left + GRID[0] * SIDE * CELL + 24;
  const note = (row: number, content: string, ink: Ink = 'ink') =>
    text([right, top + 18 + row * 22], content, { ink });
  const threads = GRID[0] * SIDE * GRID[1] * SIDE;
  return drawing(
    {
      height: top + GRID[1] * SIDE * CELL + 24,
      title: 'A grid over an output',
      description: `${GRID[0]} × ${GRID[1]} workgroups of ${SIDE} × ${SIDE} threads over a picture of ${COLUMNS} × ${ROWS}.`,
    },
    [
      ...cells,
      ...workgroups,
      outline(corner(0, 0), corner(COLUMNS, ROWS), 'ink'),
      text([left, 24], `dispatchWorkgroups(${GRID.join(', ')})`, { mono: true }),
      text([WIDTH - 24, 24], `@workgroup_size(${SIDE}, ${SIDE})`, { anchor: 'end', mono: true }),
      note(0, `output: ${COLUMNS} × ${ROWS} = ${COLUMNS * ROWS}`),
      note(1, `threads: ${threads}`),
      note(3, 'A number: the'),
      note(4, 'workgroup whose'),
      note(5, 'thread wrote here'),
      note(7, `×: one of ${threads - COLUMNS * ROWS} threads`, 'faint'),
      note(8, 'that must do nothing', 'faint'),
    ],
  );
}
