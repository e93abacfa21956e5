import { read, write } from '../../../gpu/index.ts';
import { at, values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, right, together } from '../steps.ts';

const SIDE = 64;

export const neighbours = defineExercise({
  name: 'neighbours',
  title: 'Neighbours far apart',
  about: 'slow',
  task: 'Scale a matrix of 64 × 64. The result is right. But 32 neighbouring threads, which a GPU sends to memory together, have neighbouring id.x, and here those lie a whole row apart: each touches a stretch of 128 bytes of its own, where one stretch would serve all. Let neighbours touch neighbours.',
  moral:
    'Memory comes in stretches of some dozens of bytes. What neighbouring threads touch at the same time should lie side by side: let id.x run along the axis that lies closest in memory.',
  bindings: { x: read(), y: write() },
  params: { side: 'u32', factor: 'f32' },
  start: {
    workgroupSize: [32, 2],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      let row = id.x;
      let column = id.y;
      if (row >= params.side || column >= params.side) { return; }
      let i = row * params.side + column;
      y[i] = params.factor * x[i];`,
  },
  solution: {
    body: `
      let row = id.y;
      let column = id.x;
      if (row >= params.side || column >= params.side) { return; }
      let i = row * params.side + column;
      y[i] = params.factor * x[i];`,
  },
  cases: () => {
    const x = values(SIDE * SIDE, 10);
    return [
      {
        name: 'a 64 × 64 matrix',
        inputs: { x },
        params: { side: SIDE, factor: 2 },
        output: { name: 'y', shape: [SIDE, SIDE], expected: x.map((_, i) => 2 * at(x, i)) },
        grid: ([width, height]) => [Math.ceil(SIDE / width), Math.ceil(SIDE / height)],
      },
    ];
  },
  timed: () => ({
    name: 'a 1,024 × 1,024 matrix',
    inputs: { x: values(1024 * 1024, 10) },
    params: { side: 1024, factor: 2 },
    output: { name: 'y', shape: [1024, 1024] },
    grid: ([width, height]) => [Math.ceil(1024 / width), Math.ceil(1024 / height)],
  }),
  steps: [
    inBounds(['Rows and columns are both checked against params.side.']),
    right(['Every element has to be written, wherever the threads are.']),
    together(
      ['x', 'y'],
      [
        'Which of row and column moves by one element in memory when it grows by one?',
        'Make id.x the column.',
      ],
    ),
  ],
});
