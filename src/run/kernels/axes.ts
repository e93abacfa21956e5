/** The operations that treat axes unlike: what repeats a tensor along some, and what reduces along one. */
import { broadcast, broadcastShape, type Operator, operators } from '../../kernels/broadcast/index.ts';
import { cases as broadcastCases } from '../../kernels/broadcast/cases.ts';
import { sumAxes } from '../../kernels/sum/index.ts';
import { cases as sumCases } from '../../kernels/sum/cases.ts';
import { byFirst, entry, type Entry } from './entry.ts';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

const broadcasts = byFirst(broadcastCases, 'gate');
const sums = byFirst(sumCases, 'gate');

export const axisEntries: readonly Entry[] = [
  ...(Object.entries(operators) as [Operator, string][]).map(([operator, sign]) =>
    entry(
      `broadcast.${operator}`,
      `y = a ${sign} b, one repeated along some axes`,
      broadcasts,
      (gpu, floats, { a, b }) => {
        const y = broadcastShape(operator, a, b);
        const storages = { a: floats(sizeOf(a)), b: floats(sizeOf(b)), y: floats(sizeOf(y)) };
        broadcast(gpu, operator, storages, { a, b, y });
      },
    ),
  ),
  ...([false, true] as const).map((isProduct) =>
    entry(
      isProduct ? 'sum.products' : 'sum',
      isProduct ? 'y = Σ x · times over axes' : 'y = Σ x over axes',
      sums,
      (gpu, floats, { shape, axes }) => {
        const x = floats(sizeOf(shape));
        const y = floats(sizeOf(shape.filter((_, axis) => !axes.includes(axis))));
        sumAxes(gpu, { x, times: isProduct ? floats(sizeOf(shape)) : undefined, y }, shape, axes);
      },
    ),
  ),
];
