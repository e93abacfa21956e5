/** Chapter 8: the loss by how far the right logit is ahead of another one, by both formulas, in floats of 32 bits. */
import { axes, drawing, dot, line, text, type Point } from './svg.ts';

const { fround, exp, log } = Math;
const f32 = (f: (x: number) => number) => (x: number) => fround(f(x));
const [exp32, log32] = [f32(exp), f32(log)];

/** −log(eᶻ / (eᶻ + 1)), rounded to f32 after each step. */
function naive(z: number): number {
  const power = exp32(z);
  return -log32(fround(power / fround(power + 1)));
}

/** log Σ e^(z − max) − (z − max), for the logits z and 0. */
function stable(z: number): number {
  const largest = Math.max(z, 0);
  const sum = fround(exp32(z - largest) + exp32(-largest));
  return fround(log32(sum) - (z - largest));
}

const STEPS = Array.from({ length: 301 }, (_, i) => i - 150);

export default function loss(): Promise<string> {
  const ticks = (values: readonly number[]) =>
    values.map((at) => ({ at, label: String(at).replace('-', '−') }));
  const x = {
    from: -150,
    to: 150,
    ticks: ticks([-150, -100, -50, 0, 50, 100, 150]),
    title: 'logit of the right class, the other being 0',
  };
  const y = { from: 0, to: 160, ticks: ticks([0, 50, 100, 150]), title: 'loss' };
  const frame = axes([60, 44], 600, 240, x, y);
  const works = STEPS.filter((z) => Number.isFinite(naive(z)));
  const [first = NaN, last = NaN] = [works[0], works.at(-1)];
  const curve = (of: readonly number[], f: (z: number) => number): Point[] =>
    of.map((z) => frame.at(z, f(z)));
  const lowered = ([px, py]: Point, by: number): Point => [px, py + by];
  const [left, right] = [frame.at(first, naive(first)), frame.at(last, naive(last))];
  return Promise.resolve(
    drawing(
      {
        height: 344,
        title: 'Two ways to write a loss',
        description: `In 32 bits the naive formula gives numbers for logits from ${first} to ${last} only: below that infinity, above it NaN. The other formula gives the loss everywhere.`,
      },
      [
        ...frame.parts,
        line(curve(STEPS, stable), 'blue'),
        `<g style="stroke-width:3">${line(curve(works, naive).map((point) => lowered(point, -4)), 'orange')}</g>`, // prettier-ignore
        dot(lowered(left, -4), 5, 'orange'),
        dot(lowered(right, -4), 5, 'orange'),
        text([left[0] + 14, left[1] - 12], `naive: infinite below ${String(first).replace('-', '−')}`, {
          ink: 'orange',
        }),
        text([right[0] - 6, right[1] - 16], `naive: NaN above ${last}`, { ink: 'orange', anchor: 'middle' }),
        text([frame.at(-144, 0)[0], frame.at(0, 18)[1]], 'with the largest logit subtracted', {
          ink: 'blue',
        }),
      ],
    ),
  );
}
