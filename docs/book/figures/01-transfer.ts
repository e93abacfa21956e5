/** Chapter 1: accuracy by the number of photos and by what is trained, as measure-transfer.ts has measured it. */
import { readFileSync } from 'node:fs';
import { axes, dot, drawing, line, text, type Ink, type Point } from './svg.ts';

interface Result {
  readonly set: string;
  readonly way: string;
  readonly photos: number;
  readonly accuracy: number;
}

const looks: Readonly<Record<string, { readonly name: string; readonly ink: Ink }>> = {
  head: { name: 'head', ink: 'blue' },
  layer4: { name: 'head and layer4', ink: 'orange' },
  all: { name: 'all', ink: 'green' },
  scratch: { name: 'all, from random weights', ink: 'faint' },
};

export const results = JSON.parse(
  readFileSync(new URL('01-transfer.json', import.meta.url), 'utf8'),
) as readonly Result[];

const percent = (at: number) => ({ at, label: `${Math.round(at * 100)} %` });
const count = (at: number) => ({ at, label: String(at) });

/** One set of photos in a frame: a line for each way. */
function panel(
  set: string,
  title: string,
  [left, width]: Point,
  [from, to, ticks]: readonly [number, number, readonly number[]],
): string[] {
  const own = results.filter((result) => result.set === set);
  const photos = [...new Set(own.map((result) => result.photos))].sort((a, b) => a - b);
  const [least = 1, most = 2] = [photos[0], photos.at(-1)];
  const x = {
    from: least / 1.15,
    to: most * 1.15,
    log: true,
    ticks: photos.map(count),
    title: 'photos to learn from',
  };
  const y = { from, to, ticks: ticks.map(percent), title };
  const { parts, at } = axes([left, 60], width, 240, x, y);
  const lines = Object.entries(looks).flatMap(([way, { ink }]) => {
    const points = own
      .filter((result) => result.way === way)
      .sort((a, b) => a.photos - b.photos)
      .map((result) => at(result.photos, result.accuracy));
    return points.length === 0 ? [] : [line(points, ink), ...points.map((point) => dot(point, 4, ink))];
  });
  return [...parts, ...lines];
}

export default function transfer(): Promise<string> {
  const key = Object.values(looks).flatMap(({ name, ink }, i) => {
    const y = 84 + i * 26;
    return [line([[462, y - 5], [484, y - 5]], ink), dot([473, y - 5], 4, ink), text([492, y], name, { ink })]; // prettier-ignore
  });
  return Promise.resolve(
    drawing(
      {
        height: 360,
        title: 'Accuracy by photos and by what is trained',
        description: results
          .map(
            ({ set, way, photos, accuracy }) =>
              `${set}, ${photos} photos, ${way}: ${(accuracy * 100).toFixed(1)} %`,
          )
          .join('; '),
      },
      [
        ...panel(
          'cats-dogs',
          'right, of 200 other photos',
          [56, 380],
          [0.45, 0.9, [0.5, 0.6, 0.7, 0.8, 0.9]],
        ),
        text([462, 58], 'what is trained:', { bold: true }),
        ...key,
      ],
    ),
  );
}
