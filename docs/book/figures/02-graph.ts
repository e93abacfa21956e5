/** Chapter 2: one neuron as a graph, with the data and the grads that the chapter's own engine has computed. */
import { valuesOf } from '../chapter.ts';
import { arrow, box, drawing, signed, text, type Point } from './svg.ts';

const NAMES = ['w', 'x', 'b', 'minusTarget', 'product', 'sum', 'gated', 'off', 'loss'] as const;
type Name = (typeof NAMES)[number];

const [W, H] = [96, 78];
const columns = [4, 124, 244, 364, 484, 600] as const;
const [high, low] = [44, 176];
/** Left upper corner of each box, and what is written on it. */
const places: Readonly<Record<Name, readonly [Point, string]>> = {
  w: [[columns[0], high], 'w'],
  x: [[columns[0], low], 'x'],
  product: [[columns[1], high], 'w · x'],
  b: [[columns[1], low], 'b'],
  sum: [[columns[2], high], 'w · x + b'],
  gated: [[columns[3], high], 'ReLU'],
  minusTarget: [[columns[3], low], '− target'],
  off: [[columns[4], high], 'off by'],
  loss: [[columns[5], high], 'loss = off²'],
};
const knobs: readonly Name[] = ['w', 'b'];

export default async function graph(): Promise<string> {
  const values = await valuesOf<Record<Name, { data: number; grad: number }>>(2, NAMES);
  const boxes = NAMES.flatMap((name) => {
    const [[x, y], label] = places[name];
    const { data, grad } = values[name];
    return [
      box([x, y], W, H, knobs.includes(name) ? 'green' : 'ink'),
      text([x + W / 2, y + 21], label, { anchor: 'middle', bold: true }),
      text([x + W / 2, y + 44], `data ${signed(data)}`, { anchor: 'middle', ink: 'blue' }),
      text([x + W / 2, y + 65], `grad ${signed(grad)}`, { anchor: 'middle', ink: 'orange' }),
    ];
  });
  const across = (from: Name, to: Name, shift = 0) => {
    const [[x1, y], [x2]] = [places[from][0], places[to][0]];
    return arrow([x1 + W + 2, y + H / 2 + shift], [x2 - 2, y + H / 2 + shift]);
  };
  const upwards = (from: Name, to: Name) => {
    const [[x1, y1], [x2, y2]] = [places[from][0], places[to][0]];
    return arrow([x1 + W - 12, y1 - 2], [x2 + 14, y2 + H + 3]);
  };
  return drawing(
    {
      height: 292,
      title: 'One neuron, forwards and backwards',
      description:
        'Each box is a value. w = 1.5 times x = 2 is 3; plus b = −1 is 2; ReLU leaves 2; the target 3 is missed by −1; its square, the loss, is 1. Below each value stands its slope.',
    },
    [
      ...boxes,
      across('w', 'product'),
      upwards('x', 'product'),
      across('product', 'sum'),
      upwards('b', 'sum'),
      across('sum', 'gated'),
      across('gated', 'off'),
      upwards('minusTarget', 'off'),
      across('off', 'loss', -8), // both factors
      across('off', 'loss', 8),
      text([4, 22], 'data: from left to right →', { ink: 'blue' }),
      text([696, 22], '← grad: from right to left', { anchor: 'end', ink: 'orange' }),
      text([4, 280], 'Green: the knobs. The last two arrows are one value, used twice: its grads add up.', {
        ink: 'faint',
      }),
    ],
  );
}
