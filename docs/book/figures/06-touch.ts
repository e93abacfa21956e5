/** Chapter 6: the outputs that touch x[1, 1], at stride 1 and at stride 2, as the chapter's own loop finds them. */
import { valuesOf } from '../chapter.ts';
import { box, drawing, text, type Ink, type Point } from './svg.ts';

interface Shape {
  readonly side: number;
  readonly stride: number;
}
interface Values {
  readonly shape: Shape;
  readonly plain: Shape;
  outputSide(shape: Shape): number;
  touching(shape: Shape, row: number, column: number): readonly { oy: number; ox: number; w: number }[];
}

const CELL = 36;
const TOP = 62;

/** A square of cells; those that `label` says something about are filled. */
function cells(
  [left, top]: Point,
  side: number,
  ink: Ink,
  label: (row: number, column: number) => string | undefined,
): string[] {
  return Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [Math.floor(i / side), i % side];
    const [x, y] = [left + column * CELL, top + row * CELL];
    const said = label(row, column);
    return [
      box([x + 1, y + 1], CELL - 3, CELL - 3, said === undefined ? 'faint' : ink),
      said === undefined ? '' : `<g opacity="0.3">${box([x + 1, y + 1], CELL - 3, CELL - 3, ink, true)}</g>`,
      said === undefined
        ? ''
        : text([x + CELL / 2, y + CELL / 2 + 5], said, { anchor: 'middle', bold: true }),
    ].join('');
  });
}

export default async function touch(): Promise<string> {
  const { shape, plain, touching, outputSide } = await valuesOf<Values>(6, [
    'shape',
    'plain',
    'touching',
    'outputSide',
  ]);
  const weightAt = (of: Shape) => {
    const found = touching(of, 1, 1);
    return (row: number, column: number) => {
      const tap = found.find(({ oy, ox }) => oy === row && ox === column);
      return tap && `w${tap.w}`;
    };
  };
  const columns = [10, 262, 514];
  const [first = 0, second = 0, third = 0] = columns;
  return drawing(
    {
      height: TOP + 5 * CELL + 40,
      title: 'The outputs that touch x[1, 1]',
      description: `At stride 1 ${touching(plain, 1, 1).length} outputs have looked at x[1, 1], each through another weight; at stride 2 ${touching(shape, 1, 1).length} have.`,
    },
    [
      text([first, 24], 'x, 5 × 5', { bold: true }),
      text([second, 24], `y at stride 1: ${touching(plain, 1, 1).length} of 9 weights`, { bold: true }),
      text([third, 24], `at stride 2: ${touching(shape, 1, 1).length}`, { bold: true }),
      text([first, 46], 'row 1, column 1', { ink: 'faint' }),
      text([second, 46], 'in reverse: w8 comes first', { ink: 'faint' }),
      text([third, 46], 'w1, w3, … never meet it', { ink: 'faint' }),
      ...cells([first, TOP], shape.side, 'orange', (row, column) =>
        row === 1 && column === 1 ? 'x' : undefined,
      ),
      ...cells([second, TOP], outputSide(plain), 'blue', weightAt(plain)),
      ...cells([third, TOP], outputSide(shape), 'green', weightAt(shape)),
      text([first, TOP + 5 * CELL + 26], 'w0 to w8: the weights of a 3 × 3 window, row by row. Padding 1.', {
        ink: 'faint',
      }),
    ],
  );
}
