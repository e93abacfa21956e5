/** The fully connected layer, and the rungs of the matmul ladder. */
import type { Gpu } from '../../../gpu/index.ts';
import { cases as linearCases } from '../../../kernels/linear/cases.ts';
import { linearBackward, linearForward } from '../../../kernels/linear/index.ts';
import { ladder, matmulFlops, type MatmulShape } from '../../../kernels/linear/ladder/index.ts';
import * as linear from '../../../kernels/linear/reference.ts';
import type { LinearShape } from '../../../kernels/linear/shape.ts';
import {
  bytesMoved,
  field,
  sizeOf,
  valueOf,
  type LabOperation,
  type Sizes,
  type StorageOf,
  type Values,
} from '../operation.ts';

const linearFields = [
  field('n', 'rows of a batch', 4096),
  field('inFeatures', 'features in', 8192),
  field('outFeatures', 'features out', 8192),
];
const layer = (sizes: Sizes): LinearShape => ({
  n: sizeOf(sizes, 'n'),
  inFeatures: sizeOf(sizes, 'inFeatures'),
  outFeatures: sizeOf(sizes, 'outFeatures'),
});
/** As the catalogue begins: a batch for a head of a thousand classes. */
const layers = [
  { name: 'resnet18-fc-1000-of-8', sizes: { n: 8, inFeatures: 512, outFeatures: 1000 } },
  ...linearCases.map(({ name, ...sizes }) => ({ name, sizes })),
];
const flops = ({ n, inFeatures, outFeatures }: LinearShape): number => 2 * n * inFeatures * outFeatures;

/** f32 sums of up to some thousand terms of both signs: linear's own tests allow 3e-6 for a thousand. */
const sums = (terms: number): number => 3e-6 * Math.sqrt(Math.max(1, terms / 1000));

const forwardTensors = (sizes: Sizes) => {
  const { n, inFeatures, outFeatures } = layer(sizes);
  return {
    inputs: {
      x: { shape: [n, inFeatures] },
      weight: { shape: [outFeatures, inFeatures] },
      bias: { shape: [outFeatures] },
    },
    outputs: { y: [n, outFeatures] },
  };
};

const backwardTensors = (sizes: Sizes) => {
  const { n, inFeatures, outFeatures } = layer(sizes);
  return {
    inputs: {
      x: { shape: [n, inFeatures] },
      weight: { shape: [outFeatures, inFeatures] },
      dy: { shape: [n, outFeatures] },
    },
    outputs: { dx: [n, inFeatures], dWeight: [outFeatures, inFeatures], dBias: [outFeatures] },
  };
};

export const linearOperations: readonly LabOperation[] = [
  {
    name: 'linear.forward',
    about: 'y = x·weightᵀ + bias',
    ...{ fields: linearFields, cases: layers, algorithms: () => [], tensors: forwardTensors },
    record: (gpu, of, sizes) =>
      linearForward(gpu, { x: of('x'), weight: of('weight'), bias: of('bias'), y: of('y') }, layer(sizes)),
    expected: (values, sizes) => ({
      y: linear.forward(given(values, ['x', 'weight', 'bias']), layer(sizes)),
    }),
    elementAt(values, sizes, index) {
      const { inFeatures, outFeatures } = layer(sizes);
      const [row, out] = [Math.floor(index / outFeatures), index % outFeatures];
      const { x, weight, bias } = given(values, ['x', 'weight', 'bias']);
      let sum = bias[out] ?? 0;
      for (let f = 0; f < inFeatures; f++) sum += x[row * inFeatures + f]! * weight[out * inFeatures + f]!; // in range
      return sum;
    },
    tolerance: (sizes) => sums(layer(sizes).inFeatures),
    work: (sizes) => ({ flops: flops(layer(sizes)), bytes: bytesMoved(forwardTensors(sizes)) }),
  },
  {
    name: 'linear.backward',
    about: 'the gradients of the input, the weight and the bias',
    ...{ fields: linearFields, cases: layers, algorithms: () => [], tensors: backwardTensors },
    record: (gpu, of, sizes) =>
      linearBackward(
        gpu,
        {
          ...{ dy: of('dy'), x: of('x'), weight: of('weight') },
          ...{ dx: of('dx'), dWeight: of('dWeight'), dBias: of('dBias') },
        },
        layer(sizes),
      ),
    expected: (values, sizes) => linear.backward(given(values, ['dy', 'x', 'weight']), layer(sizes)),
    tolerance: (sizes) => sums(Math.max(...Object.values(layer(sizes)))),
    work: (sizes) => ({ flops: 2 * flops(layer(sizes)), bytes: bytesMoved(backwardTensors(sizes)) }),
  },
];

const matrixFields = [
  field('rows', 'rows of A and C', 4096),
  field('columns', 'columns of B and C', 4096),
  field('depth', 'columns of A, rows of B', 4096),
];
const product = (sizes: Sizes): MatmulShape => ({
  rows: sizeOf(sizes, 'rows'),
  columns: sizeOf(sizes, 'columns'),
  depth: sizeOf(sizes, 'depth'),
});
const squares = [256, 512, 1024].map((side) => ({
  name: `${side}`,
  sizes: { rows: side, columns: side, depth: side },
}));
const products = [
  ...squares,
  { name: 'no multiple of a tile', sizes: { rows: 130, columns: 84, depth: 68 } },
];

const matrices = (sizes: Sizes) => {
  const { rows, columns, depth } = product(sizes);
  return {
    inputs: { a: { shape: [rows, depth] }, b: { shape: [depth, columns] } },
    outputs: { c: [rows, columns] },
  };
};

function elementOfProduct(values: Values, sizes: Sizes, index: number): number {
  const { columns, depth } = product(sizes);
  const { a, b } = given(values, ['a', 'b']);
  const [row, column] = [Math.floor(index / columns), index % columns];
  let sum = 0;
  for (let k = 0; k < depth; k++) sum += a[row * depth + k]! * b[k * columns + column]!; // in range
  return sum;
}

export const productRungs: readonly LabOperation[] = ladder
  .filter(({ name }) => name !== 'engine')
  .map(({ name, lesson, suits, run }): LabOperation => ({
    ...{ name: `ladder.matmul.${name}`, about: lesson, fields: matrixFields, cases: products },
    ...{ algorithms: () => [], tensors: matrices, elementAt: elementOfProduct },
    record(gpu: Gpu, of: StorageOf, sizes) {
      if (!suits(product(sizes), gpu))
        throw new RangeError('This rung does not suit these sizes on this adapter.');
      run(gpu, { a: of('a'), b: of('b'), c: of('c') }, product(sizes));
    },
    expected(values, sizes) {
      const { rows, columns, depth } = product(sizes);
      const { a: dy, b: weight } = given(values, ['a', 'b']);
      const shape = { n: rows, inFeatures: columns, outFeatures: depth };
      return { c: linear.backward({ dy, x: new Float32Array(rows * columns), weight }, shape).dx };
    },
    tolerance: (sizes) => sums(product(sizes).depth),
    work: (sizes) => ({ flops: matmulFlops(product(sizes)), bytes: bytesMoved(matrices(sizes)) }),
  }));

function given<N extends string>(values: Values, names: readonly N[]): Record<N, Float32Array | Uint32Array> {
  return Object.fromEntries(names.map((name) => [name, valueOf(values, name)])) as Record<
    N,
    Float32Array | Uint32Array
  >;
}
