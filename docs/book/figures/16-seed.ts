/** Chapter 16: a run's accuracy by the right border and by the program's, as measure-seed.ts has measured it, and who lies between the two. */
import { readFileSync } from 'node:fs';
import { axes, box, dot, drawing, line, text, type Point } from './svg.ts';

interface Epoch {
  readonly cats: readonly number[];
  readonly dogs: readonly number[];
}
const { epochs, size, trained } = JSON.parse(
  readFileSync(new URL('16-seed.json', import.meta.url), 'utf8'),
) as { readonly epochs: readonly Epoch[]; readonly size: number; readonly trained: number };

const over = (logits: readonly number[], border: number): number =>
  logits.filter((logit) => logit > border).length;
const accuracy = ({ cats, dogs }: Epoch, border: number): number =>
  (over(dogs, border) + cats.length - over(cats, border)) / (dogs.length + cats.length);
const between = (logits: readonly number[]): number => over(logits, 0) - over(logits, 0.5);

const [LEFT, WIDE, TOP, HIGH, LOW] = [60, 600, 44, 220, 392];

export default function seed(): Promise<string> {
  const all = [0, 0.5].map((border) => epochs.map((epoch) => accuracy(epoch, border)));
  const percents = (share: number) => `${Math.round(share * 100)} %`;
  const STEP = 0.05; // between lines
  const [lowest, highest] = [
    Math.floor(Math.min(...all.flat()) / STEP),
    Math.ceil(Math.max(...all.flat()) / STEP),
  ];
  const levels = Array.from({ length: highest - lowest + 1 }, (_, i) => (lowest + i) * STEP);
  const frame = axes(
    [LEFT, TOP],
    WIDE,
    HIGH,
    {
      from: 0.5,
      to: epochs.length + 0.5,
      ticks: epochs.map((_, i) => ({ at: i + 1, label: String(i + 1) })),
      title: 'epoch',
    },
    {
      from: lowest * STEP,
      to: highest * STEP,
      ticks: levels.map((at) => ({ at, label: percents(at) })),
      title: 'told right',
    },
  );
  const inks = ['blue', 'orange'] as const;
  const curves = all.flatMap((curve, k) => {
    const points = curve.map((share, i): Point => frame.at(i + 1, share));
    const ink = inks[k] ?? 'ink';
    return [line(points, ink), ...points.map((point) => dot(point, 3.5, ink))];
  });
  const unit = 3;
  const bars = epochs.flatMap((epoch, i) => {
    const [x] = frame.at(i + 1, lowest * STEP);
    const [dogs, cats] = [between(epoch.dogs), between(epoch.cats)];
    return [
      box([x - 9, LOW - dogs * unit], 9, dogs * unit, 'orange', true),
      box([x + 1, LOW - cats * unit], 9, cats * unit, 'faint', true),
      text([x, LOW + 18], `${dogs} : ${cats}`, { anchor: 'middle', size: 12, ink: 'faint' }),
    ];
  });
  return Promise.resolve(
    drawing(
      {
        height: LOW + 54,
        title: 'One run, judged twice',
        description: `Accuracy after each epoch by the probability: ${all[0]?.map(percents).join(', ')}; with the logit compared with 0.5: ${all[1]?.map(percents).join(', ')}.`,
      },
      [
        ...frame.parts,
        ...curves,
        text([250, TOP - 14], 'by the probability', { ink: 'blue' }),
        text([LEFT + WIDE, TOP - 14], 'the logit compared with 0.5', { anchor: 'end', ink: 'orange' }),
        ...bars,
        line([[LEFT, LOW], [LEFT + WIDE, LOW]]), // prettier-ignore
        text([12, LOW + 44], 'Photos with logits from 0 to 0.5, dogs : cats. The program calls all of them cats.', { ink: 'faint' }), // prettier-ignore
        text([LEFT + WIDE, TOP + HIGH + 42], `${trained} photos, ${size} px`, {
          anchor: 'end',
          ink: 'faint',
        }),
      ],
    ),
  );
}
