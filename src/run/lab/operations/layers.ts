/** Batch norm and pooling. */
import { avgPoolBackward, avgPoolForward, type AvgPoolShape } from '../../../kernels/avg-pool/index.ts';
import { cases as avgPoolCases } from '../../../kernels/avg-pool/cases.ts';
import * as avgPool from '../../../kernels/avg-pool/reference.ts';
import { cases as batchNormCases, momentum } from '../../../kernels/batch-norm/cases.ts';
import {
  batchNormBackward,
  batchNormForward,
  batchNormInvStd,
  batchNormStatistics,
} from '../../../kernels/batch-norm/index.ts';
import * as batchNorm from '../../../kernels/batch-norm/reference.ts';
import { cases as maxPoolCases } from '../../../kernels/max-pool/cases.ts';
import {
  maxPoolArgmaxBytes,
  maxPoolBackward,
  maxPoolForward,
  maxPoolOutput,
  type MaxPoolShape,
} from '../../../kernels/max-pool/index.ts';
import * as maxPool from '../../../kernels/max-pool/reference.ts';
import { rank } from '../../kernels/entry.ts';
import { field, sizeOf, valueOf, type LabOperation, type Sizes, type StorageOf } from '../operation.ts';
import { operation } from './plain.ts';

const image = [
  field('n', 'images', 64),
  field('h', 'rows of an image', 512),
  field('w', 'columns of an image', 512),
  field('c', 'channels', 2048),
];

/** The cases of tests, ResNet-18's first, with the sizes that are asked for. */
function casesOf(cases: readonly { readonly name: string }[], fields: readonly { readonly name: string }[]) {
  return [...cases]
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map((one) => ({
      name: one.name,
      sizes: Object.fromEntries(
        fields.map(({ name }) => [name, one[name as keyof typeof one]]),
      ) as unknown as Sizes, // all have them
    }));
}

const EPS = 1e-5;
const norms = casesOf(batchNormCases, image);
const sidesOf = (sizes: Sizes) => ['n', 'h', 'w', 'c'].map((name) => sizeOf(sizes, name));
const rowsOf = (sizes: Sizes) => ({
  rows: sizeOf(sizes, 'n') * sizeOf(sizes, 'h') * sizeOf(sizes, 'w'),
  channels: sizeOf(sizes, 'c'),
});
/** What batch norm knows of each channel. */
const perChannel = (sizes: Sizes) => {
  const shape = [sizeOf(sizes, 'c')];
  return { mean: { shape }, invStd: { shape, from: 0.5, to: 1.5 }, weight: { shape, from: 0.5, to: 1.5 } };
};
const all = <N extends string>(of: StorageOf, names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<N, ReturnType<StorageOf>>;

const batchNormOperations: readonly LabOperation[] = [
  operation({
    ...{ name: 'batch-norm.statistics', fields: image, cases: norms, flops: 4, tolerance: 1e-5 },
    about: 'mean and 1/√(variance + eps) of each channel; updates the running ones',
    tensors(sizes) {
      const shape = [sizeOf(sizes, 'c')];
      return {
        inputs: {
          x: { shape: sidesOf(sizes), from: -0.5, to: 1.5 },
          runningMean: { shape },
          runningVar: { shape, from: 0.5, to: 1.5 },
        },
        outputs: { mean: shape, invStd: shape, runningMean: shape, runningVar: shape },
      };
    },
    record: (gpu, of, sizes) =>
      batchNormStatistics(gpu, all(of, ['x', 'mean', 'invStd', 'runningMean', 'runningVar']), {
        ...rowsOf(sizes),
        ...{ eps: EPS, momentum },
      }),
    expected(values, sizes) {
      const { mean, variance, unbiased } = batchNorm.statistics(valueOf(values, 'x'), rowsOf(sizes));
      return {
        ...{ mean, invStd: batchNorm.invStdOf(variance, EPS) },
        runningMean: batchNorm.movedTowards(valueOf(values, 'runningMean'), mean, momentum),
        runningVar: batchNorm.movedTowards(valueOf(values, 'runningVar'), unbiased, momentum),
      };
    },
  }),
  operation({
    ...{ name: 'batch-norm.inv-std', about: '1/√(variance + eps) of running statistics' },
    ...{
      fields: [field('c', 'channels', 8192)],
      cases: [64, 512, 3].map((c) => ({ name: `${c} channels`, sizes: { c } })),
    },
    ...{ flops: 3, tolerance: 1e-6 },
    tensors(sizes) {
      const shape = [sizeOf(sizes, 'c')];
      return { inputs: { variance: { shape, from: 0.1, to: 2 } }, outputs: { invStd: shape } };
    },
    record: (gpu, of, sizes) =>
      batchNormInvStd(gpu, all(of, ['variance', 'invStd']), { channels: sizeOf(sizes, 'c'), eps: EPS }),
    expected: (values) => ({
      invStd: batchNorm.invStdOf(Float64Array.from(valueOf(values, 'variance')), EPS),
    }),
  }),
  ...(['batch-norm.forward', 'batch-norm.forward+add'] as const).map((name) => {
    const adds = name.endsWith('add');
    return operation({
      ...{ name, fields: image, cases: norms, flops: 4, tolerance: 4e-6 },
      about: `(x − mean)·invStd·weight + bias${adds ? ' + the shortcut' : ''}, then ReLU`,
      tensors: (sizes) => ({
        inputs: {
          ...{ x: { shape: sidesOf(sizes) }, ...perChannel(sizes), bias: { shape: [sizeOf(sizes, 'c')] } },
          ...(adds && { residual: { shape: sidesOf(sizes) } }),
        },
        outputs: { y: sidesOf(sizes) },
      }),
      record: (gpu, of, sizes) =>
        batchNormForward(
          gpu,
          {
            ...all(of, ['x', 'mean', 'invStd', 'weight', 'bias', 'y']),
            residual: adds ? of('residual') : undefined,
          },
          { ...rowsOf(sizes), relu: true },
        ),
      expected(values, sizes) {
        const [mean, invStd, weight, bias] = ['mean', 'invStd', 'weight', 'bias'].map((one) =>
          valueOf(values, one),
        );
        if (!mean || !invStd || !weight || !bias) return {};
        const residual = adds ? valueOf(values, 'residual') : undefined;
        const given = { ...rowsOf(sizes), mean, invStd, weight, bias };
        return { y: batchNorm.forward(valueOf(values, 'x'), given, { residual, relu: true }) };
      },
    });
  }),
  ...(['batch', 'running'] as const).map((mode) =>
    operation({
      name: mode === 'batch' ? 'batch-norm.backward' : 'batch-norm.backward.running',
      about:
        mode === 'batch'
          ? 'all gradients, through the statistics of the batch'
          : 'all gradients, with running statistics',
      ...{ fields: image, cases: norms, flops: 10, tolerance: 1e-5 },
      tensors(sizes) {
        const shape = sidesOf(sizes);
        return {
          inputs: { dy: { shape }, x: { shape }, y: { shape }, ...perChannel(sizes) },
          outputs: { dx: shape, dWeight: [sizeOf(sizes, 'c')], dBias: [sizeOf(sizes, 'c')] },
        };
      },
      record: (gpu, of, sizes) =>
        batchNormBackward(
          gpu,
          all(of, ['dy', 'x', 'y', 'mean', 'invStd', 'weight', 'dx', 'dWeight', 'dBias']),
          { ...rowsOf(sizes), relu: true, mode },
        ),
      expected(values, sizes) {
        const of = (name: string) => valueOf(values, name);
        const given = { ...rowsOf(sizes), mean: of('mean'), invStd: of('invStd'), weight: of('weight') };
        const { dx, dWeight, dBias } = batchNorm.backward(
          { dy: of('dy'), x: of('x'), y: of('y') },
          given,
          mode,
        );
        return { dx, dWeight, dBias };
      },
    }),
  ),
];

const windowFields = [
  ...image,
  field('kernel', 'side of a window', 15),
  field('stride', 'stride', 8),
  field('padding', 'padding, at most half a window', 7, 0),
];
const windows = (sizes: Sizes): MaxPoolShape => {
  const shape = Object.fromEntries(windowFields.map(({ name }) => [name, sizeOf(sizes, name)]));
  return shape as unknown as MaxPoolShape; // the fields are its names
};
const pooled = (sizes: Sizes) => {
  const { h, w } = maxPoolOutput(windows(sizes));
  return [sizeOf(sizes, 'n'), h, w, sizeOf(sizes, 'c')];
};
const maxPools = casesOf(maxPoolCases, windowFields);

const averages = (sizes: Sizes): AvgPoolShape => {
  const [n = 1, h = 1, w = 1, c = 1] = sidesOf(sizes);
  return { n, h, w, c };
};
const avgPools = casesOf(avgPoolCases, image);

const poolOperations: readonly LabOperation[] = [
  operation({
    ...{ name: 'max-pool.forward', about: 'the maximum of each window, and where it is' },
    ...{ fields: windowFields, cases: maxPools, flops: 1, tolerance: 0 },
    tensors: (sizes) => ({
      inputs: { x: { shape: sidesOf(sizes) } },
      outputs: { y: pooled(sizes) },
      scratch: { argmax: maxPoolArgmaxBytes(windows(sizes)) },
    }),
    record: (gpu, of, sizes) => maxPoolForward(gpu, all(of, ['x', 'y', 'argmax']), windows(sizes)),
    expected: (values, sizes) => ({ y: maxPool.forward(valueOf(values, 'x'), windows(sizes)).y }),
  }),
  operation({
    ...{ name: 'max-pool.backward', about: 'each gradient goes to where the maximum was' },
    ...{ fields: windowFields, cases: maxPools, flops: 1, tolerance: 1e-6 },
    tensors: (sizes) => ({
      inputs: { x: { shape: sidesOf(sizes) }, dy: { shape: pooled(sizes) } },
      outputs: { dx: sidesOf(sizes) },
      scratch: { y: 4 * pooled(sizes).reduce((a, b) => a * b), argmax: maxPoolArgmaxBytes(windows(sizes)) },
    }),
    prepare: (gpu, of, sizes) => maxPoolForward(gpu, all(of, ['x', 'y', 'argmax']), windows(sizes)),
    record: (gpu, of, sizes) => maxPoolBackward(gpu, all(of, ['dy', 'argmax', 'dx']), windows(sizes)),
    expected(values, sizes) {
      const x = valueOf(values, 'x');
      const { source } = maxPool.forward(x, windows(sizes));
      return { dx: maxPool.backward(valueOf(values, 'dy'), source, x.length) };
    },
  }),
  operation({
    ...{ name: 'avg-pool.forward', about: 'the mean over each image', fields: image, cases: avgPools },
    ...{ flops: 1, tolerance: 3e-6 },
    tensors: (sizes) => ({
      inputs: { x: { shape: sidesOf(sizes) } },
      outputs: { y: [sizeOf(sizes, 'n'), sizeOf(sizes, 'c')] },
    }),
    record: (gpu, of, sizes) => avgPoolForward(gpu, all(of, ['x', 'y']), averages(sizes)),
    expected: (values, sizes) => ({ y: avgPool.forward(valueOf(values, 'x'), averages(sizes)) }),
  }),
  operation({
    ...{ name: 'avg-pool.backward', about: 'its gradient, spread evenly', fields: image, cases: avgPools },
    ...{ flops: 1, tolerance: 3e-7 },
    tensors: (sizes) => ({
      inputs: { dy: { shape: [sizeOf(sizes, 'n'), sizeOf(sizes, 'c')] } },
      outputs: { dx: sidesOf(sizes) },
    }),
    record: (gpu, of, sizes) => avgPoolBackward(gpu, all(of, ['dy', 'dx']), averages(sizes)),
    expected: (values, sizes) => ({ dx: avgPool.backward(valueOf(values, 'dy'), averages(sizes)) }),
  }),
];

export const layers: readonly LabOperation[] = [...batchNormOperations, ...poolOperations];
