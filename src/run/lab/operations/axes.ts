/** The operations that repeat a tensor along axes, or reduce it along one. */
import { broadcast, operators, type Operator } from '../../../kernels/broadcast/index.ts';
import * as broadcasting from '../../../kernels/broadcast/reference.ts';
import { dropout } from '../../../kernels/dropout/index.ts';
import * as dropping from '../../../kernels/dropout/reference.ts';
import { layerNormBackward, layerNormForward } from '../../../kernels/layer-norm/index.ts';
import * as layerNorm from '../../../kernels/layer-norm/reference.ts';
import { softmax, softmaxBackward } from '../../../kernels/softmax/index.ts';
import * as softmaxing from '../../../kernels/softmax/reference.ts';
import { sumAxes } from '../../../kernels/sum/index.ts';
import * as summing from '../../../kernels/sum/reference.ts';
import { field, sizeOf, valueOf, type LabOperation, type Sizes } from '../operation.ts';
import { operation } from './plain.ts';

/** Images, each a list of pixels, and a number for each of its channels. */
const gateFields = [
  field('n', 'images', 64),
  field('pixels', 'pixels of an image', 2 ** 16),
  field('c', 'channels', 2048),
];
const gateCases = [
  { name: 'a gate for 32 images of 28², 72 channels', sizes: { n: 32, pixels: 784, c: 72 } },
  { name: 'a gate for 32 images of 7², 576 channels', sizes: { n: 32, pixels: 49, c: 576 } },
  { name: 'odd channels', sizes: { n: 3, pixels: 35, c: 13 } },
];
const gateShapes = (sizes: Sizes) => {
  const [n, pixels, c] = [sizeOf(sizes, 'n'), sizeOf(sizes, 'pixels'), sizeOf(sizes, 'c')];
  return { a: [n, pixels, c], b: [n, 1, c], y: [n, pixels, c] };
};

const broadcasts: readonly LabOperation[] = (Object.entries(operators) as [Operator, string][]).map(
  ([operator, sign]) =>
    operation({
      ...{ name: `broadcast.${operator}`, about: `y = a ${sign} b, one repeated along some axes` },
      ...{ fields: gateFields, cases: gateCases, flops: 1, tolerance: operator === 'div' ? 3e-7 : 2 ** -23 },
      tensors(sizes) {
        const { a, b, y } = gateShapes(sizes);
        return { inputs: { a: { shape: a }, b: { shape: b, from: 0.5, to: 1.5 } }, outputs: { y } };
      },
      record: (gpu, of, sizes) =>
        broadcast(gpu, operator, { a: of('a'), b: of('b'), y: of('y') }, gateShapes(sizes)),
      expected: (values, sizes) => ({
        y: broadcasting.broadcast(
          operator,
          { a: valueOf(values, 'a'), b: valueOf(values, 'b') },
          gateShapes(sizes),
        ),
      }),
    }),
);

/** A tensor seen as what lies outside of an axis, along it and inside of it. */
const axisFields = [
  field('outer', 'length of what lies outside of the axis', 2 ** 20),
  field('length', 'length of the axis', 2 ** 20),
  field('inner', 'length of what lies inside of it', 2048),
];
const axisCases = [
  { name: 'the pixels of 32 images of 28², 72 channels', sizes: { outer: 32, length: 784, inner: 72 } },
  { name: 'rows of 1000', sizes: { outer: 256, length: 1000, inner: 1 } },
  { name: 'a batch of 100,000 rows', sizes: { outer: 1, length: 100_000, inner: 64 } },
  { name: 'odd sides', sizes: { outer: 3, length: 35, inner: 13 } },
];
const axisSides = (sizes: Sizes) => [sizeOf(sizes, 'outer'), sizeOf(sizes, 'length'), sizeOf(sizes, 'inner')];

const sums: readonly LabOperation[] = ([false, true] as const).map((isProduct) =>
  operation({
    name: isProduct ? 'sum.products' : 'sum',
    about: isProduct ? 'y = Σ x · times over axes' : 'y = Σ x over axes',
    ...{ fields: axisFields, cases: axisCases, flops: isProduct ? 2 : 1, tolerance: 5e-6 },
    tensors(sizes) {
      const [outer = 1, length = 1, inner = 1] = axisSides(sizes);
      const x = { shape: [outer, length, inner], from: -0.75, to: 1.25 };
      return { inputs: isProduct ? { x, times: x } : { x }, outputs: { y: [outer, inner] } };
    },
    record: (gpu, of, sizes) =>
      sumAxes(
        gpu,
        { x: of('x'), times: isProduct ? of('times') : undefined, y: of('y') },
        axisSides(sizes),
        [1],
      ),
    expected: (values, sizes) => ({
      y: summing.sumAxes(
        { x: valueOf(values, 'x'), times: isProduct ? valueOf(values, 'times') : undefined },
        axisSides(sizes),
        [1],
      ),
    }),
  }),
);

const sidesOf = (sizes: Sizes) => {
  const [outer = 1, length = 1, inner = 1] = axisSides(sizes);
  return { outer, length, inner };
};

const softmaxes: readonly LabOperation[] = [false, true].flatMap((isLog) => {
  const name = isLog ? 'log-softmax' : 'softmax';
  // WGSL allows exp 3 + 2·|x| units in the last place.
  const about = { fields: axisFields, cases: axisCases, tolerance: 1e-5 };
  return [
    operation({
      ...{ ...about, name: `${name}.forward`, flops: 8 },
      about: isLog ? 'y = x − log Σ exp(x) along an axis' : 'y = exp(x) / Σ exp(x) along an axis',
      tensors: (sizes) => ({
        inputs: { x: { shape: axisSides(sizes), from: -4, to: 4 } },
        outputs: { y: axisSides(sizes) },
      }),
      record: (gpu, of, sizes) => softmax(gpu, { x: of('x'), y: of('y') }, sidesOf(sizes), { isLog }),
      expected: (values, sizes) => ({
        y: softmaxing.softmax(valueOf(values, 'x'), sidesOf(sizes), isLog),
      }),
    }),
    operation({
      ...{ ...about, name: `${name}.backward`, flops: 4 },
      about: isLog ? 'dx = dy − exp(y) · Σ dy' : 'dx = y · (dy − Σ dy · y)',
      tensors: (sizes) => ({
        inputs: { dy: { shape: axisSides(sizes) }, y: { shape: axisSides(sizes), from: -4, to: 0 } },
        outputs: { dx: axisSides(sizes) },
      }),
      record: (gpu, of, sizes) =>
        softmaxBackward(gpu, { dy: of('dy'), y: of('y'), dx: of('dx') }, sidesOf(sizes), { isLog }),
      expected: (values, sizes) => ({
        dx: softmaxing.softmaxBackward(valueOf(values, 'dy'), valueOf(values, 'y'), sidesOf(sizes), isLog),
      }),
    }),
  ];
});

const EPS = 1e-5;
const rowFields = [field('rows', 'rows', 2 ** 16), field('length', 'length of a row', 2 ** 14)];
const rowCases = [
  { name: 'a batch of 8 of 196 tokens of 384', sizes: { rows: 1568, length: 384 } },
  { name: 'many short rows', sizes: { rows: 20_000, length: 20 } },
  { name: 'odd sides', sizes: { rows: 7, length: 13 } },
];
const rowsOf = (sizes: Sizes) => ({ rows: sizeOf(sizes, 'rows'), length: sizeOf(sizes, 'length') });

const layerNorms: readonly LabOperation[] = [
  operation({
    ...{ name: 'layer-norm.forward', about: '(x − mean)·invStd·weight + bias of each row' },
    ...{ fields: rowFields, cases: rowCases, flops: 8, tolerance: 1e-5 },
    tensors(sizes) {
      const { rows, length } = rowsOf(sizes);
      const inputs = { x: { shape: [rows, length] }, weight: { shape: [length] }, bias: { shape: [length] } };
      return { inputs, outputs: { y: [rows, length], mean: [rows], invStd: [rows] } };
    },
    record(gpu, of, sizes) {
      const affine = { weight: of('weight'), bias: of('bias') };
      const results = { y: of('y'), mean: of('mean'), invStd: of('invStd') };
      layerNormForward(gpu, { x: of('x'), ...affine, ...results }, rowsOf(sizes), { eps: EPS });
    },
    expected(values, sizes) {
      const affine = { weight: valueOf(values, 'weight'), bias: valueOf(values, 'bias') };
      return layerNorm.forward(valueOf(values, 'x'), rowsOf(sizes), EPS, affine);
    },
  }),
  operation({
    ...{ name: 'layer-norm.backward', about: 'the gradients of the input, the weight and the bias' },
    ...{ fields: rowFields, cases: rowCases, flops: 14, tolerance: 2e-5 },
    tensors(sizes) {
      const { rows, length } = rowsOf(sizes);
      const shape = [rows, length];
      return {
        inputs: { dy: { shape }, x: { shape }, weight: { shape: [length] } },
        outputs: { dx: shape, dWeight: [length], dBias: [length] },
        scratch: { y: 4 * rows * length, mean: 4 * rows, invStd: 4 * rows },
      };
    },
    prepare: (gpu, of, sizes) =>
      layerNormForward(
        gpu,
        { x: of('x'), y: of('y'), mean: of('mean'), invStd: of('invStd') },
        rowsOf(sizes),
        { eps: EPS },
      ),
    record(gpu, of, sizes) {
      const given = {
        dy: of('dy'),
        x: of('x'),
        mean: of('mean'),
        invStd: of('invStd'),
        weight: of('weight'),
      };
      const wanted = { dx: of('dx'), dWeight: of('dWeight'), dBias: of('dBias') };
      layerNormBackward(gpu, { ...given, ...wanted }, rowsOf(sizes));
    },
    expected: (values, sizes) =>
      layerNorm.backward(
        { dy: valueOf(values, 'dy'), x: valueOf(values, 'x') },
        rowsOf(sizes),
        EPS,
        valueOf(values, 'weight'),
      ),
  }),
];

const dropped = { p: 0.3, key: [1, 0] };
const dropouts: readonly LabOperation[] = [
  operation({
    ...{ name: 'dropout', about: 'y = x / (1 − p), or 0 where a draw says so' },
    fields: [field('count', 'elements', 2 ** 24)],
    cases: [2 ** 20, 4096, 1023].map((count) => ({ name: count.toLocaleString('en-US'), sizes: { count } })),
    ...{ flops: 1, tolerance: 2 ** -22 },
    tensors(sizes) {
      const shape = [sizeOf(sizes, 'count')];
      return { inputs: { x: { shape } }, outputs: { y: shape } };
    },
    record: (gpu, of, sizes) => dropout(gpu, { x: of('x'), y: of('y') }, sizeOf(sizes, 'count'), dropped),
    expected: (values) => ({ y: dropping.dropout(valueOf(values, 'x'), dropped) }),
  }),
];

export const axes: readonly LabOperation[] = [
  ...broadcasts,
  ...sums,
  ...softmaxes,
  ...layerNorms,
  ...dropouts,
];
