/** Chapter 13: two polynomials and their product, which is known by its values at three points and at infinity. */
import { valuesOf } from '../chapter.ts';
import { dot, drawing, line, signed, text, type Ink, type Point } from './svg.ts';

type Numbers = readonly number[];
interface Values {
  readonly a: Numbers;
  readonly g: Numbers;
  readonly s: Numbers;
  readonly points: Numbers;
  at(x: number, coefficients: Numbers): number;
}

const [TOP, WIDE, HIGH] = [64, 184, 150];
const [FROM, TO] = [-1.25, 1.25];
const inks: readonly Ink[] = ['blue', 'green', 'orange'];
const lefts = [12, 252, 492];
const signs = ['·', '='];

/** 3 − x + 2x², of ascending powers. */
function written(coefficients: Numbers): string {
  const terms = coefficients.flatMap((c, power) => {
    if (c === 0) return [];
    const factor = Math.abs(c) === 1 && power > 0 ? '' : String(Math.abs(c));
    return [`${c < 0 ? '−' : '+'} ${factor}${['', 'x', 'x²', 'x³'][power] ?? ''}`];
  });
  return terms.join(' ').replace(/^\+ /, '');
}

export default async function points(): Promise<string> {
  const { a, g, s, points, at } = await valuesOf<Values>(13, ['a', 'g', 's', 'points', 'at']);
  const all = [a, g, s];
  const sorted = [...points].sort((p, q) => p - q);
  const panels = all.flatMap((coefficients, k) => {
    const [left = 0, ink = 'ink'] = [lefts[k], inks[k]];
    const xs = Array.from({ length: 51 }, (_, i) => FROM + (i / 50) * (TO - FROM));
    const values = xs.map((x) => at(x, coefficients));
    const [lowest, highest] = [Math.min(0, ...values), Math.max(0, ...values)];
    const place = (x: number, y: number): Point => [
      left + ((x - FROM) / (TO - FROM)) * WIDE,
      TOP + HIGH - ((y - lowest) / (highest - lowest)) * HIGH,
    ];
    return [
      text([left + WIDE / 2, 28], written(coefficients), { anchor: 'middle', bold: true, ink }),
      line([place(FROM, 0), place(TO, 0)], 'faint'),
      ...sorted.map((x) => line([place(x, 0), place(x, at(x, coefficients))], 'faint', true)),
      line(xs.map((x, i) => place(x, values[i] ?? NaN)), ink), // prettier-ignore
      ...sorted.map((x) => dot(place(x, at(x, coefficients)), 4.5, ink)),
    ];
  });
  const rows = [
    ...sorted.map((x) => ({ name: `at ${signed(x)}`, values: all.map((of) => at(x, of)) })),
    { name: 'at ∞', values: all.map((of) => of.at(-1) ?? NaN) },
  ];
  const table = rows.flatMap(({ name, values }, i) => {
    const y = TOP + HIGH + 44 + i * 26;
    const middle = (k: number) => (lefts[k] ?? 0) + WIDE / 2;
    return [
      text([12, y], name, { ink: 'faint' }),
      ...values.map((value, k) => text([middle(k), y], signed(value), { anchor: 'middle', ink: inks[k] ?? 'ink', bold: true })), // prettier-ignore
      ...signs.map((sign, k) => text([(middle(k) + middle(k + 1)) / 2, y], sign, { anchor: 'middle' })),
    ];
  });
  return drawing(
    {
      height: TOP + HIGH + 44 + 4 * 26,
      title: 'A product, point by point',
      description: rows.map(({ name, values: [p, q, r] }) => `${name} ${p} times ${q} is ${r}`).join('; '),
    },
    [
      ...panels,
      ...signs.map((sign, k) => text([((lefts[k] ?? 0) + WIDE + (lefts[k + 1] ?? 0)) / 2, 28], sign, { anchor: 'middle', bold: true })), // prettier-ignore
      ...table,
      text([688, TOP + HIGH + 44 + 3 * 26 + 24], 'At ∞ stands the last coefficient. Four products, where coefficients take six.', { anchor: 'end', ink: 'faint' }), // prettier-ignore
    ],
  );
}
