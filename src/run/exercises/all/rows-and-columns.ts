import { read, write } from '../../../gpu/index.ts';
import { at, matrix, values } from '../data.ts';
import { defineExercise } from '../exercise.ts';
import { inBounds, noRace, right } from '../steps.ts';

const [ROWS, COLUMNS] = [5, 12];

export const rowsAndColumns = defineExercise({
  name: 'rows-and-columns',
  title: 'Rows and columns',
  about: 'broken',
  task: 'Add a bias to each column of a matrix: y[row, column] = x[row, column] + bias[column]. The matrix has 5 rows of 12 columns and lies in memory row after row. id.x is the column and id.y the row.',
  moral:
    'Row-major means that an element lies at row · columns + column: what is multiplied is the length of a row. On square matrices this mistake can go unnoticed.',
  bindings: { x: read(), bias: read(), y: write() },
  params: { rows: 'u32', columns: 'u32' },
  start: {
    workgroupSize: [8, 8],
    builtins: '@builtin(global_invocation_id) id: vec3u',
    body: `
      let column = id.x;
      let row = id.y;
      if (row >= params.rows || column >= params.columns) { return; }
      let i = row * params.rows + column;
      y[i] = x[i] + bias[row];`,
  },
  solution: {
    body: `
      let column = id.x;
      let row = id.y;
      if (row >= params.rows || column >= params.columns) { return; }
      let i = row * params.columns + column;
      y[i] = x[i] + bias[column];`,
  },
  cases: () => {
    const [x, bias] = [values(ROWS * COLUMNS, 2), values(COLUMNS, 3)];
    return [
      {
        name: 'a 5 × 12 matrix',
        inputs: { x, bias },
        params: { rows: ROWS, columns: COLUMNS },
        output: {
          name: 'y',
          shape: [ROWS, COLUMNS],
          expected: matrix(ROWS, COLUMNS, (r, c) => at(x, r * COLUMNS + c) + at(bias, c)),
        },
        grid: ([width, height]) => [Math.ceil(COLUMNS / width), Math.ceil(ROWS / height)],
      },
    ];
  },
  steps: [
    inBounds(['Both sides of the matrix have to be checked, before anything is read.']),
    noRace(
      [
        'Two threads have the same i. How many elements lie before the first one of a row?',
        'Before a row lie row · params.columns elements.',
      ],
      'No two threads write the same element',
    ),
    right(['Which side of the matrix has as many elements as the bias?', 'The bias is of the column.']),
  ],
});
