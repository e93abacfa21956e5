/** Chapter 10: the boxes of a step with a frozen trunk. Time goes from left to right, and what is stacked are the buffers of the workspace. */
import { paperGpu } from '../../../src/gpu/index.ts';
import { recordStep, settingDefaults } from '../../../src/train/index.ts';
import { box, drawing, line, text, type Ink } from './svg.ts';

const [LEFT, RIGHT, TOP, GAP] = [70, 688, 58, 7];
/** Pixels for a MiB. */
const UNIT = 12;
const MIB = 2 ** 20;
const mebibytes = (bytes: number) => (bytes / MIB).toFixed(1);

export default function boxes(): Promise<string> {
  const gpu = paperGpu({ software: true, subgroupSize: 8 });
  const photos = { batchSize: 8, size: 128, views: 0, augment: 'standard', epochs: 1 } as const;
  const step = recordStep(gpu, 'resnet18', 10, { ...settingDefaults, ...photos, tune: 'head' });
  const { workspace, peakBytes } = step;
  const sum = step.boxes.reduce((total, { bytes }) => total + bytes, 0);
  const total = workspace.reduce((bytes, size) => bytes + size, 0);
  const column = (RIGHT - LEFT) / step.commands;
  const x = (command: number) => LEFT + command * column;
  const heights = workspace.map((bytes) => Math.max(3, (bytes / MIB) * UNIT));
  /** Where the buffers end at the bottom: the first is the lowest. */
  const bottom = TOP + heights.reduce((pixels, height) => pixels + height + GAP, 0);
  const floor = (buffer: number) =>
    bottom - heights.slice(0, buffer).reduce((pixels, height) => pixels + height + GAP, 0);

  const aliveAt = (time: number) =>
    step.boxes
      .filter(({ first, last }) => first <= time && time <= last)
      .reduce((bytes, box) => bytes + box.bytes, 0);
  const times = Array.from({ length: step.commands }, (_, time) => time);
  const fullest = times.find((time) => aliveAt(time) === peakBytes) ?? 0;

  const inkOf = (label: string): Ink => (label === 'activation' ? 'blue' : 'orange');
  const drawn = step.boxes.map(({ label, bytes, first, last, buffer, offset }) => {
    const height = Math.max(1.5, (bytes / MIB) * UNIT);
    const y = floor(buffer) - (offset / MIB) * UNIT - height;
    const part = box([x(first) + 0.5, y + 0.5], x(last + 1) - x(first) - 1, Math.max(1, height - 1), inkOf(label), true); // prettier-ignore
    return `<g opacity="0.75">${part}</g>`;
  });
  const buffers = workspace.flatMap((bytes, i) => {
    const height = heights[i] ?? 0;
    return [
      box([LEFT - 3, floor(i) - height], RIGHT - LEFT + 6, height, 'faint'),
      height > 12
        ? text([LEFT - 10, floor(i) - height / 2 + 5], mebibytes(bytes), { anchor: 'end', size: 13 })
        : '',
    ];
  });
  const starts = new Map<string, number>();
  for (const { pass, stage, from } of step.operations)
    if (pass === 'forward' && stage !== undefined && !starts.has(stage)) starts.set(stage, from);
  const stages = Array.from(starts, ([name, from]) => [
    `<g opacity="0.5">${line([[x(from), TOP - 4], [x(from), bottom + 4]], 'faint', true)}</g>`, // prettier-ignore
    text([x(from) + (name === 'stem' ? 1 : 5), bottom + 20], name, { size: 13, ink: 'faint' }),
  ]).flat();
  return Promise.resolve(
    drawing(
      {
        height: bottom + 72,
        title: 'A step, packed',
        description: `${step.boxes.length} boxes of ${mebibytes(sum)} MiB together lie in a workspace of ${mebibytes(total)} MiB. At most ${mebibytes(peakBytes)} MiB are alive at one time.`,
      },
      [
        text([12, 24], `${step.boxes.length} boxes, ${mebibytes(sum)} MiB`, { bold: true }),
        text([196, 24], `in a workspace of ${mebibytes(total)}`, { bold: true }),
        ...buffers,
        ...stages,
        ...drawn,
        line([[x(fullest + 0.5), TOP - 8], [x(fullest + 0.5), bottom + 4]], 'green', true), // prettier-ignore
        text([x(fullest + 0.5) + 6, TOP - 10], `${mebibytes(peakBytes)} MiB are alive here`, {
          size: 13,
          ink: 'green',
        }),
        text([12, bottom + 46], 'activations', { size: 13, ink: 'blue' }),
        text([96, bottom + 46], 'what kernels need between them, such as transformed tiles', { size: 13, ink: 'orange' }), // prettier-ignore
        text([12, bottom + 64], 'Left: MiB of each buffer. What a kernel reads and what it writes lie in different ones.', { size: 13, ink: 'faint' }), // prettier-ignore
      ],
    ),
  );
}
