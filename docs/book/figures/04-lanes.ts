/** Chapter 4: a recorded step as lanes. Time is the list of commands; a bar is a temporary's span; its colour is its place in memory. */
import { backward, crossEntropy, relu, Tensor } from '../../../src/autograd/all.ts';
import { paperGpu } from '../../../src/gpu/index.ts';
import type { Command } from '../../../src/gpu/command.ts';
import { Planner } from '../../../src/gpu/memory/plan.ts';
import { Linear } from '../../../src/nn/index.ts';
import { Adam } from '../../../src/optim/index.ts';
import { box, drawing, line, text, WIDTH, type Ink } from './svg.ts';

/** What the temporaries are, in the order in which they are made. */
const NAMES = [
  'x, the photos',
  'first layer',
  'relu',
  'logits',
  'labels',
  'right answers',
  'd logits',
  'loss',
  'loss of each',
  'd loss',
  'd logits, copied',
  'd relu',
  'd first layer',
];
const WHAT: Readonly<Record<Command['kind'], string>> = {
  run: '',
  write: 'upload',
  copy: 'copy',
  clear: 'clear',
  release: 'release',
  download: 'read',
};
const [LEFT, TOP, LANE] = [124, 118, 24];

/** The step of the chapter, for a GPU of paper, so that the lanes are the same on every machine. */
function recorded(): readonly Command[] {
  const gpu = paperGpu({ software: false, subgroupSize: 32 });
  const [first, second] = [new Linear(gpu, 64, 32), new Linear(gpu, 32, 4)];
  const optimizer = new Adam([...first.parameters(), ...second.parameters()]);
  const { scopes } = gpu.rehearseScopes(() => {
    void gpu
      .scope(() => {
        const x = new Tensor(gpu, [16, 64], gpu.upload(new Float32Array(16 * 64)));
        const hidden = relu(first.forward(x));
        const { loss } = crossEntropy(second.forward(hidden), gpu.upload(new Uint32Array(16)));
        optimizer.zeroGrad();
        backward(loss);
        optimizer.step();
        loss.read().catch(() => undefined);
      })
      .catch(() => undefined);
  });
  return scopes[0] ?? [];
}

export default function lanes(): Promise<string> {
  const commands = recorded();
  const numbers = new Map<object, number>();
  const planner = new Planner((kernel) => {
    const number = numbers.get(kernel) ?? numbers.size;
    numbers.set(kernel, number);
    return number;
  }, 2 ** 28);
  const { plan, temporaries } = planner.plan(commands);
  const column = (WIDTH - LEFT - 8) / commands.length;
  const x = (i: number) => LEFT + i * column;
  const spans = temporaries
    .map((allocation, i) => {
      const uses = commands.flatMap(({ storages }, at) =>
        storages.some((storage) => storage.allocation === allocation) ? [at] : [],
      );
      const { buffer, offset } = plan.places[i]!; // one a temporary
      return {
        id: allocation.id,
        first: Math.min(...uses),
        last: Math.max(...uses),
        bytes: allocation.bytes,
        buffer,
        offset,
      };
    })
    .sort((a, b) => a.first - b.first || a.id - b.id);
  const names = [...spans].sort((a, b) => a.id - b.id).map(({ id }) => id);
  const inks: readonly Ink[] = ['blue', 'orange', 'green', 'ink'];
  const bottom = TOP + spans.length * LANE;
  const bars = spans.flatMap(({ id, first, last, bytes, buffer, offset }, row) => {
    const y = TOP + row * LANE;
    const width = x(last + 1) - x(first) - 3;
    const place = `${bytes} B at ${offset}`;
    const fits = width > 86;
    return [
      text([LEFT - 10, y + 16], NAMES[names.indexOf(id)] ?? '', { anchor: 'end', size: 13 }),
      `<g opacity="0.4">${box([x(first) + 1.5, y + 3], width, LANE - 6, inks[buffer] ?? 'faint', true)}</g>`,
      fits
        ? text([x(first) + 7, y + 16.5], place, { size: 13 })
        : last > commands.length - 6
          ? text([x(first) - 4, y + 16.5], place, { size: 13, anchor: 'end', ink: 'faint' })
          : text([x(last + 1) + 4, y + 16.5], place, { size: 13, ink: 'faint' }),
    ];
  });
  const heads = commands.flatMap((command, i) => {
    const name =
      command.kind === 'run' ? (command.kernel.name.split(' ')[0] ?? '').replace('linear.', '') : '';
    const label = command.kind === 'run' ? name : WHAT[command.kind];
    const at = x(i) + column / 2;
    return [
      `<g transform="translate(${(at + 4).toFixed(1)} ${TOP - 8}) rotate(-60)">${text([0, 0], label, { size: 13, ink: command.kind === 'run' ? 'ink' : 'faint' })}</g>`,
      `<g opacity="0.25">${line([[x(i), TOP], [x(i), bottom]], 'faint')}</g>`, // prettier-ignore
    ];
  });
  const sum = temporaries.reduce((total, { bytes }) => total + Math.ceil(bytes / 256) * 256, 0);
  const workspace = plan.sizes.reduce((total, bytes) => total + bytes, 0);
  return Promise.resolve(
    drawing(
      {
        height: bottom + 62,
        title: 'A step, recorded and planned',
        description: `${commands.length} commands from left to right, and ${temporaries.length} temporaries from their first to their last use. They take ${workspace} bytes instead of ${sum}.`,
      },
      [
        ...heads,
        ...bars,
        text([LEFT, bottom + 26], `Each in a place of its own: ${sum} bytes. Planned: ${workspace}.`, {
          bold: true,
        }),
        text(
          [LEFT, bottom + 48],
          'Colours are the buffers of the workspace; "at" is the place in it. d: gradient of.',
          {
            ink: 'faint',
            size: 13,
          },
        ),
      ],
    ),
  );
}
