/** The operations that repeat a tensor along axes, or reduce it along one. */
import { broadcast, operators, type Operator } from '../../../kernels/broadcast/index.ts';
import * as broadcasting from '../../../kernels/broadcast/reference.ts';
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

export const axes: readonly LabOperation[] = [...broadcasts, ...sums];
