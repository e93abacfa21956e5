/** Chapter 5: the way of one pixel, from 8 × 8 bytes of a drawing to three places in a tensor. */
import { readFileSync } from 'node:fs';
import { decodeImage, IMAGENET_MEAN, normalize, resizeTo, WHITE } from '../../../src/data/index.ts';
import { arrow, box, drawing, signed, text, type Point } from './svg.ts';

const FILE = new URL(
  '../../../node_modules/emoji-datasource-google/img/google/64/1f431.png',
  import.meta.url,
);
const [COLUMN, ROW, SIDE] = [5, 9, 16];
const [PATCH, CELL] = [8, 25];
const [left, top] = [52, 72];
const COLOURS = ['red', 'green', 'blue'];

const square = ([x, y]: Point, side: number, [r = 0, g = 0, b = 0]: readonly number[]): string =>
  `<rect x="${x}" y="${y}" width="${side}" height="${side}" style="fill:rgb(${r},${g},${b})"/>`;
const digits = (value: number, count: number): string => signed(value.toFixed(count));

export default function pixel(): Promise<string> {
  const photo = decodeImage(readFileSync(FILE), { background: WHITE });
  const small = resizeTo(photo, SIDE, SIDE);
  const scale = photo.width / SIDE;
  const first = (i: number) => (i + 0.5) * scale - scale;
  const rgb = ({ data, width }: typeof photo, column: number, row: number) => [
    ...data.subarray((row * width + column) * 3, (row * width + column) * 3 + 3),
  ];
  const weights = Array.from({ length: PATCH }, (_, k) => 1 - Math.abs(k + 0.5 - scale) / scale);
  const cells = Array.from({ length: PATCH * PATCH }, (_, i) => {
    const [column, row] = [i % PATCH, Math.floor(i / PATCH)];
    const colour = rgb(photo, first(COLUMN) + column, first(ROW) + row);
    return square([left + column * CELL, top + row * CELL], CELL - 1, colour);
  });
  const triangles = weights.flatMap((weight, k) => {
    const height = weight * 32;
    return [
      box([left + k * CELL + 3, top - 6 - height], CELL - 7, height, 'faint', true),
      box([left - 6 - height, top + k * CELL + 3], height, CELL - 7, 'faint', true),
    ];
  });
  const end = left + PATCH * CELL;
  const middle = top + (PATCH * CELL) / 2;
  const bytes = rgb(small, COLUMN, ROW);
  const swatch = end + 44;
  const tensor = normalize(small.data);
  const place = (ROW * SIDE + COLUMN) * 3;
  const right = [478, 566, 654];
  const rows: readonly (readonly [string, (channel: number) => string])[] = [
    ['byte', (channel) => String(bytes[channel])],
    ['÷ 255', (channel) => digits((bytes[channel] ?? NaN) / 255, 4)],
    ['− mean', (channel) => digits((bytes[channel] ?? NaN) / 255 - (IMAGENET_MEAN[channel] ?? NaN), 4)],
    ['÷ deviation', (channel) => digits(tensor[place + channel] ?? NaN, 4)],
  ];
  const table = [
    ...COLOURS.map((name, channel) =>
      text([right[channel] ?? 0, top + 10], name, { anchor: 'end', bold: true }),
    ),
    ...rows.flatMap(([name, value], i) => {
      const y = top + 44 + i * 30;
      const last = i === rows.length - 1;
      return [
        ...right.map((x, channel) => text([x, y], value(channel), { anchor: 'end', mono: true, bold: last })),
        text([390, y], name, { anchor: 'end', ink: last ? 'ink' : 'faint' }),
      ];
    }),
  ];
  const strip = top + PATCH * CELL + 66;
  const before = 3;
  const slots = Array.from({ length: 9 }, (_, i) => {
    const at = place - before + i;
    const x = left + i * 70;
    const mine = i >= before && i < before + 3;
    const height = 34;
    return [
      box([x, strip], 66, height, mine ? 'blue' : 'faint'),
      text([x + 33, strip + 22], digits(tensor[at] ?? NaN, 3), {
        anchor: 'middle',
        mono: true,
        size: 13,
        ink: mine ? 'ink' : 'faint',
      }),
      text([x + 33, strip + 52], String(at), { anchor: 'middle', size: 13, ink: mine ? 'blue' : 'faint' }),
    ];
  }).flat();
  return Promise.resolve(
    drawing(
      {
        height: strip + 70,
        title: 'One pixel becomes three numbers',
        description: `8 × 8 pixels of a drawing become one pixel ${bytes.join(', ')} by a mean with triangular weights; divided by 255, less the mean, divided by the deviation, its numbers lie at places ${place} to ${place + 2}.`,
      },
      [
        text([left - 40, 24], '8 × 8 pixels, and their weights'),
        ...triangles,
        ...cells,
        arrow([end + 8, middle - 60], [swatch - 4, middle - 60]),
        square([swatch, middle - 78], 36, bytes),
        ...table,
        text(
          [left, strip - 14],
          `The tensor in memory: row ${ROW}, column ${COLUMN} begins at (${ROW} · ${SIDE} + ${COLUMN}) · 3 = ${place}`,
        ),
        ...slots,
      ],
    ),
  );
}
