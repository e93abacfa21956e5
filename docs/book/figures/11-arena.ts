/** Chapter 11: the end of an arena, block by block of 64 floats, with the table of rates and decays, as the optimizer makes them. */
import { paperGpu } from '../../../src/gpu/index.ts';
import { GROUP_BLOCK } from '../../../src/kernels/update.ts';
import { resnet18 } from '../../../src/networks/index.ts';
import { Arena } from '../../../src/optim/arena.ts';
import { decayGroups } from '../../../src/optim/index.ts';
import { box, drawing, line, text, type Ink } from './svg.ts';

const SHOWN = ['layer4.1.bn2.weight', 'layer4.1.bn2.bias', 'fc.weight', 'fc.bias'];
const INKS: readonly Ink[] = ['blue', 'green', 'orange', 'faint'];
const COPIES = ['parameters', 'gradients', 'm', 'v'];
const [LEFT, TOP, CELL, ROW] = [94, 76, 18, 34];

export default function arena(): Promise<string> {
  const gpu = paperGpu({ software: false, subgroupSize: 32 });
  const all = resnet18(gpu, 2).namedParameters();
  const parameters = SHOWN.flatMap((name) => all.get(name) ?? []);
  const made = new Arena(parameters);
  // layer4 learns at a fifth of the head's rate, and what is a vector does not decay.
  const [layer4, head] = [parameters.slice(0, 2), parameters.slice(2)];
  const groups = decayGroups([
    { parameters: layer4, learningRateScale: 0.2, weightDecay: 0.01 },
    { parameters: head, weightDecay: 0.01 },
  ]);
  const table = made.blocks((parameter) => {
    const group = groups.find((group) => group.parameters.includes(parameter));
    return [group?.learningRateScale ?? 1, group?.weightDecay ?? 0];
  });

  let block = 0;
  const bottom = TOP + COPIES.length * ROW;
  const spans = parameters.flatMap((parameter, i) => {
    const count = Math.ceil(parameter.size / GROUP_BLOCK);
    const [from, to] = [LEFT + block * CELL, LEFT + (block + count) * CELL];
    const [rate = NaN, decay = NaN] = table.subarray(block * 2);
    const cells = COPIES.flatMap((_, row) =>
      Array.from({ length: count }, (_, k) => {
        const used = Math.min(GROUP_BLOCK, parameter.size - k * GROUP_BLOCK) / GROUP_BLOCK;
        const [x, y] = [from + k * CELL + 1, TOP + row * ROW];
        const width = CELL - 2;
        return [
          box([x, y], width, ROW - 10, 'faint'),
          `<g opacity="0.65">${box([x, y], Math.max(2, used * width), ROW - 10, INKS[i] ?? 'ink', true)}</g>`,
        ].join('');
      }),
    );
    block += count;
    const last = i === parameters.length - 1;
    const at = { anchor: last ? 'end' : 'start', size: 13, ink: INKS[i] ?? 'ink' } as const;
    const x = last ? to : from + 1;
    return [
      ...cells,
      text([x, TOP - (last ? 12 : 28)], SHOWN[i]?.replace('layer4.1.', '') ?? '', { ...at, mono: true }),
      last ? '' : text([x, TOP - 12], `${parameter.size} floats, ${count} blocks`, { ...at, ink: 'faint' }),
      line([[from + 1, bottom + 6], [to - 1, bottom + 6]], INKS[i]), // prettier-ignore
      text([x, bottom + 26], `${Number(rate.toFixed(2))}`, { ...at, bold: true }),
      text([x, bottom + 46], `${Number(decay.toFixed(2))}`, { ...at, bold: true }),
    ];
  });
  const unused = made.count - made.size;
  return Promise.resolve(
    drawing(
      {
        height: bottom + 84,
        title: 'The end of an arena',
        description: `${SHOWN.join(', ')} take ${made.count / GROUP_BLOCK} blocks of ${GROUP_BLOCK} floats, of which ${unused} floats are unused. Each block has a rate and a decay in a table.`,
      },
      [
        text([12, 24], `Layer4's last batch norm and the head, in blocks of ${GROUP_BLOCK} floats`, {
          bold: true,
        }),
        ...COPIES.map((name, row) => text([12, TOP + row * ROW + 17], name, { size: 13 })),
        text([12, bottom + 26], 'rate ×', { size: 13 }),
        text([12, bottom + 46], 'decay', { size: 13 }),
        ...spans,
        text([12, bottom + 74], `${unused} floats of the last block belong to nobody. One kernel runs along all four rows at once.`, { size: 13, ink: 'faint' }), // prettier-ignore
      ],
    ),
  );
}
