import { read, write } from '../../../gpu/index.ts';
import { at, matrix, sum, values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, right, wrongText } from '../steps.ts';

const [HEIGHT, WIDTH] = [6, 9];

export const border = defineExercise({
  name: 'border',
  title: 'Past the edge of the picture',
  about: 'broken',
  task: 'A convolution with a 3 × 3 filter over a picture of 6 × 9 pixels, whose result is as large as the picture: beyond the edge, the picture counts as zero. Only the inner pixels come out right.',
  moral:
    'Past the right edge of a row lies no end of memory but the next row: such a mistake gives plausible numbers. Check both coordinates, with indices that can be below zero.',
  bindings: { x: read(), filter3: read(), y: write() },
  params: { height: 'u32', width: 'u32' },
  start: {
    workgroupSize: [8, 8],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      if (id.x >= params.width || id.y >= params.height) { return; }
      var sum = 0.0;
      for (var i = 0u; i < 3u; i++) {
        for (var j = 0u; j < 3u; j++) {
          let row = i32(id.y + i) - 1;
          let column = i32(id.x + j) - 1;
          if (row < 0 || row > i32(params.height)) { continue; }
          if (column < 0 || column > i32(params.width)) { continue; }
          sum += filter3[3u * i + j] * x[u32(row) * params.width + u32(column)];
        }
      }
      y[id.y * params.width + id.x] = sum;`,
  },
  solution: {
    body: `
      if (id.x >= params.width || id.y >= params.height) { return; }
      var sum = 0.0;
      for (var i = 0u; i < 3u; i++) {
        for (var j = 0u; j < 3u; j++) {
          let row = i32(id.y + i) - 1;
          let column = i32(id.x + j) - 1;
          if (row < 0 || row >= i32(params.height)) { continue; }
          if (column < 0 || column >= i32(params.width)) { continue; }
          sum += filter3[3u * i + j] * x[u32(row) * params.width + u32(column)];
        }
      }
      y[id.y * params.width + id.x] = sum;`,
  },
  cases: () => {
    const [x, filter3] = [values(HEIGHT * WIDTH, 12), values(9, 13)];
    const pixel = (row: number, column: number) =>
      row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH ? 0 : at(x, row * WIDTH + column);
    const expected = matrix(HEIGHT, WIDTH, (row, column) =>
      sum(0, 9, (k) => at(filter3, k) * pixel(row + Math.floor(k / 3) - 1, column + (k % 3) - 1)),
    );
    return [
      {
        name: 'a 6 × 9 picture',
        inputs: { x, filter3 },
        params: { height: HEIGHT, width: WIDTH },
        output: { name: 'y', shape: [HEIGHT, WIDTH], expected },
        grid: ([width, height]) => [Math.ceil(WIDTH / width), Math.ceil(HEIGHT / height)],
      },
    ];
  },
  steps: [
    {
      holds: 'Inner pixels are right',
      hints: ['Pixel (row, column) of the result is the sum over the 3 × 3 pixels around it.'],
      check: ({ tried: [tried] }) => {
        const isInner = (i: number) =>
          i >= WIDTH && i < (HEIGHT - 1) * WIDTH && i % WIDTH > 0 && i % WIDTH < WIDTH - 1;
        return tried && wrongText(tried, isInner);
      },
    },
    inBounds([
      'The last row is height − 1. Which rows are skipped, and which one is not?',
      'Skip a row that is equal to the height, too.',
    ]),
    right([
      'Columns have the same mistake. No read is out of bounds there: what lies after the last pixel of a row?',
      'Skip a column that is equal to the width, too.',
    ]),
  ],
});
