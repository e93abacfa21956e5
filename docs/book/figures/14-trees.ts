/** Chapter 14: two trees over the same eight numbers, with each rounded sum, as the chapter adds them. */
import { valuesOf } from '../chapter.ts';
import { drawing, line, text, type Ink, type Point } from './svg.ts';

interface Values {
  readonly eight: readonly number[];
  readonly row: number;
  readonly pairs: number;
  add(a: number, b: number): number;
}

/** A sum or, without parts, a number. */
interface Node {
  readonly value: number;
  readonly at: Point;
  readonly parts: readonly Node[];
}

const [TOP, STEP, WIDE] = [78, 36, 340];

export default async function trees(): Promise<string> {
  const { eight, row, pairs, add } = await valuesOf<Values>(14, ['eight', 'row', 'pairs', 'add']);
  const leaf = (left: number, i: number): Node => ({
    value: eight[i] ?? NaN,
    at: [left + 20 + i * 40, TOP],
    parts: [],
  });
  const join = (a: Node, b: Node, level: number, x: number): Node => ({
    value: add(a.value, b.value),
    at: [x, TOP + level * STEP],
    parts: [a, b],
  });
  const chain = eight.slice(1).reduce(
    (sum, _, i) => {
      const next = leaf(0, i + 1);
      return join(sum, next, i + 1, next.at[0]);
    },
    leaf(0, 0),
  );
  const paired = (left: number, first: number, count: number): Node => {
    if (count === 1) return leaf(left, first);
    const half = count / 2;
    const [a, b] = [paired(left, first, half), paired(left, first + half, half)];
    return join(a, b, [0, 1, 2.5, 0, 4.5][half] ?? 7, (a.at[0] + b.at[0]) / 2);
  };
  const tree = paired(360, 0, 8);
  const drawn = ({ value, at, parts }: Node, ink: Ink, root: Node): string[] => [
    ...parts.map((part) => line([[part.at[0], part.at[1] + 6], [at[0], at[1] - 16]], 'faint')), // prettier-ignore
    ...parts.flatMap((part) => drawn(part, ink, root)),
    text(
      [at[0], at[1]],
      parts.length === 0 ? value.toFixed(1) : at === root.at ? value.toPrecision(8) : value.toPrecision(8).replace(/0+$/, ''), // prettier-ignore
      { anchor: 'middle', ink: parts.length === 0 ? 'ink' : ink, size: 12, bold: at === root.at },
    ),
  ];
  const bottom = TOP + 7 * STEP;
  return drawing(
    {
      height: bottom + 44,
      title: 'Two sums of the same numbers',
      description: `One after the other the eight numbers make ${row}, in pairs ${pairs}.`,
    },
    [
      text([WIDE / 2, 28], 'one after the other', { anchor: 'middle', bold: true, ink: 'blue' }),
      text([360 + WIDE / 2, 28], 'in pairs', { anchor: 'middle', bold: true, ink: 'orange' }),
      ...drawn(chain, 'blue', chain),
      ...drawn(tree, 'orange', tree),
      text([688, bottom + 32], 'Each sum is rounded to 24 binary digits; eight decimal ones are written.', { anchor: 'end', ink: 'faint' }), // prettier-ignore
    ],
  );
}
