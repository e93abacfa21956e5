/** The operations that treat axes unlike: what repeats a tensor along some, and what reduces along one. */
import { broadcast, broadcastShape, type Operator, operators } from '../../kernels/broadcast/index.ts';
import { cases as broadcastCases } from '../../kernels/broadcast/cases.ts';
import { sumAxes } from '../../kernels/sum/index.ts';
import { cases as sumCases } from '../../kernels/sum/cases.ts';
import { dropout } from '../../kernels/dropout/index.ts';
import { cases as dropoutCases } from '../../kernels/dropout/cases.ts';
import { layerNormBackward, layerNormForward } from '../../kernels/layer-norm/index.ts';
import { cases as layerNormCases } from '../../kernels/layer-norm/cases.ts';
import { softmax, softmaxBackward } from '../../kernels/softmax/index.ts';
import { cases as softmaxCases } from '../../kernels/softmax/cases.ts';
import { byFirst, entry, type Entry } from './entry.ts';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

const broadcasts = byFirst(broadcastCases, 'gate');
const sums = byFirst(sumCases, 'gate');
const softmaxes = byFirst(softmaxCases, 'imagenet');
const norms = byFirst(layerNormCases, 'transformer');
const dropouts = byFirst(dropoutCases, 'half');

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
  ...[false, true].flatMap((isLog) => {
    const name = isLog ? 'log-softmax' : 'softmax';
    return [
      entry(
        `${name}.forward`,
        isLog ? 'y = x − log Σ exp(x) along an axis' : 'y = exp(x) / Σ exp(x) along an axis',
        softmaxes,
        (gpu, floats, shape) => {
          const size = shape.outer * shape.length * shape.inner;
          softmax(gpu, { x: floats(size), y: floats(size) }, shape, { isLog });
        },
      ),
      entry(
        `${name}.backward`,
        isLog ? 'dx = dy − exp(y) · Σ dy' : 'dx = y · (dy − Σ dy · y)',
        softmaxes,
        (gpu, floats, shape) => {
          const size = shape.outer * shape.length * shape.inner;
          softmaxBackward(gpu, { dy: floats(size), y: floats(size), dx: floats(size) }, shape, { isLog });
        },
      ),
    ];
  }),
  entry('layer-norm.forward', '(x − mean)·invStd·weight + bias of each row', norms, (gpu, floats, shape) => {
    const { rows, length, eps } = shape;
    const [x, y] = [floats(rows * length), floats(rows * length)];
    const affine = { weight: floats(length), bias: floats(length) };
    layerNormForward(gpu, { x, y, ...affine, mean: floats(rows), invStd: floats(rows) }, shape, { eps });
  }),
  entry(
    'layer-norm.backward',
    'the gradients of the input, the weight and the bias',
    norms,
    (gpu, floats, shape) => {
      const { rows, length } = shape;
      const [dy, x, dx] = [floats(rows * length), floats(rows * length), floats(rows * length)];
      const gradients = { dx, dWeight: floats(length), dBias: floats(length) };
      const known = { mean: floats(rows), invStd: floats(rows), weight: floats(length) };
      layerNormBackward(gpu, { dy, x, ...known, ...gradients }, shape);
    },
  ),
  entry('dropout', 'y = x / (1 − p), or 0 where a draw says so', dropouts, (gpu, floats, { count, p }) =>
    dropout(gpu, { x: floats(count), y: floats(count) }, count, { p, key: [1, 0] }),
  ),
];
