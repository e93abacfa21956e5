/** Every operation except conv2d: how it is recorded at one of its cases. */
import { adam } from '../../kernels/adam/index.ts';
import { cases as adamCases } from '../../kernels/adam/cases.ts';
import { avgPoolBackward, avgPoolForward } from '../../kernels/avg-pool/index.ts';
import { cases as avgPoolCases } from '../../kernels/avg-pool/cases.ts';
import {
  batchNormBackward,
  batchNormForward,
  batchNormInvStd,
  batchNormStatistics,
} from '../../kernels/batch-norm/index.ts';
import { cases as batchNormCases, momentum } from '../../kernels/batch-norm/cases.ts';
import { cast } from '../../kernels/cast/index.ts';
import { cases as castCases } from '../../kernels/cast/cases.ts';
import { gatherRows } from '../../kernels/gather/index.ts';
import { cases as gatherCases } from '../../kernels/gather/cases.ts';
import { linearBackward, linearForward } from '../../kernels/linear/index.ts';
import { cases as linearCases } from '../../kernels/linear/cases.ts';
import { bceWithLogits, nllLoss, softmaxCrossEntropy } from '../../kernels/loss/index.ts';
import { bceCases, crossEntropyCases } from '../../kernels/loss/cases.ts';
import {
  maxPoolArgmaxBytes,
  maxPoolBackward,
  maxPoolForward,
  maxPoolOutput,
} from '../../kernels/max-pool/index.ts';
import { cases as maxPoolCases, type MaxPoolCase } from '../../kernels/max-pool/cases.ts';
import { centreCrop, imageStride, preprocess } from '../../kernels/preprocess/index.ts';
import { cases as preprocessCases } from '../../kernels/preprocess/cases.ts';
import { BINS, clipFactor, magnitudes } from '../../kernels/reduce/index.ts';
import { clipCases } from '../../kernels/reduce/cases.ts';
import { sgd } from '../../kernels/sgd/index.ts';
import { cases as sgdCases } from '../../kernels/sgd/cases.ts';
import { axisEntries } from './axes.ts';
import { conv2dEntries, ladderEntries } from './conv2d.ts';
import { elementwiseEntries } from './elementwise.ts';
import { windowEntries } from './windows.ts';
import { byFirst, entry, type Entry, type Floats } from './entry.ts';

/** A batch for a head of a thousand classes first, for which software adapters take conv2d's kernels. */
const layers = [{ name: 'resnet18-fc-1000-of-8', n: 8, inFeatures: 512, outFeatures: 1000 }, ...linearCases];

/** Batch norm's tensors with one number per channel. */
const perChannel = (floats: Floats, c: number) => ({
  mean: floats(c),
  invStd: floats(c),
  weight: floats(c),
  bias: floats(c),
});

/** What an optimizer knows about groups: two numbers for every 64 parameters. */
const groupTable = (floats: Floats, size: number) => floats(2 * Math.ceil(size / 64));

const pooled = (shape: MaxPoolCase): number => {
  const { h, w } = maxPoolOutput(shape);
  return shape.n * h * w * shape.c;
};

export const entries: readonly Entry[] = [
  ...conv2dEntries,
  entry('linear.forward', 'y = x·weightᵀ + bias', layers, (gpu, floats, shape) => {
    const { n, inFeatures, outFeatures } = shape;
    const weight = floats(outFeatures * inFeatures);
    linearForward(
      gpu,
      { x: floats(n * inFeatures), weight, bias: floats(outFeatures), y: floats(n * outFeatures) },
      shape,
    );
  }),
  entry(
    'linear.backward',
    'the gradients of the input, the weight and the bias',
    layers,
    (gpu, floats, shape) => {
      const { n, inFeatures, outFeatures } = shape;
      const [x, dx] = [floats(n * inFeatures), floats(n * inFeatures)];
      const [weight, dWeight] = [floats(outFeatures * inFeatures), floats(outFeatures * inFeatures)];
      const dy = floats(n * outFeatures);
      linearBackward(gpu, { dy, x, weight, dx, dWeight, dBias: floats(outFeatures) }, shape);
    },
  ),
  entry(
    'batch-norm.statistics',
    'mean and 1/√(variance + eps) of each channel; updates the running ones',
    batchNormCases,
    (gpu, floats, { n, h, w, c, eps }) => {
      const { mean, invStd, weight: runningMean, bias: runningVar } = perChannel(floats, c);
      const storages = { x: floats(n * h * w * c), mean, invStd, runningMean, runningVar };
      batchNormStatistics(gpu, storages, { rows: n * h * w, channels: c, eps, momentum });
    },
  ),
  entry(
    'batch-norm.inv-std',
    '1/√(variance + eps) of running statistics',
    batchNormCases,
    (gpu, floats, { c, eps }) =>
      batchNormInvStd(gpu, { variance: floats(c), invStd: floats(c) }, { channels: c, eps }),
  ),
  ...(['batch-norm.forward', 'batch-norm.forward+add'] as const).map((name) =>
    entry(
      name,
      `(x − mean)·invStd·weight + bias${name.endsWith('add') ? ' + the shortcut' : ''}, then ReLU`,
      batchNormCases,
      (gpu, floats, { n, h, w, c }) => {
        const elements = n * h * w * c;
        const residual = name.endsWith('add') ? floats(elements) : undefined;
        const storages = { x: floats(elements), ...perChannel(floats, c), residual, y: floats(elements) };
        batchNormForward(gpu, storages, { rows: n * h * w, channels: c, relu: true });
      },
    ),
  ),
  ...(['batch', 'running'] as const).map((mode) =>
    entry(
      mode === 'batch' ? 'batch-norm.backward' : 'batch-norm.backward.running',
      mode === 'batch'
        ? 'all gradients, through the statistics of the batch'
        : 'all gradients, with running statistics',
      batchNormCases,
      (gpu, floats, { n, h, w, c }) => {
        const elements = n * h * w * c;
        const [dy, x, y, dx] = [floats(elements), floats(elements), floats(elements), floats(elements)];
        const { bias: _bias, ...given } = perChannel(floats, c);
        const storages = { dy, x, y, dx, ...given, dWeight: floats(c), dBias: floats(c) };
        batchNormBackward(gpu, storages, { rows: n * h * w, channels: c, relu: true, mode });
      },
    ),
  ),
  ...elementwiseEntries,
  ...axisEntries,
  ...windowEntries,
  entry(
    'max-pool.forward',
    'the maximum of each window, and where it is',
    maxPoolCases,
    (gpu, floats, shape) =>
      maxPoolForward(
        gpu,
        {
          x: floats(shape.n * shape.h * shape.w * shape.c),
          y: floats(pooled(shape)),
          argmax: gpu.temporary(maxPoolArgmaxBytes(shape)),
        },
        shape,
      ),
  ),
  entry(
    'max-pool.backward',
    'each gradient goes to where the maximum was',
    maxPoolCases,
    (gpu, floats, shape) =>
      maxPoolBackward(
        gpu,
        {
          dy: floats(pooled(shape)),
          argmax: gpu.temporary(maxPoolArgmaxBytes(shape)),
          dx: floats(shape.n * shape.h * shape.w * shape.c),
        },
        shape,
      ),
  ),
  entry('avg-pool.forward', 'the mean over each image', avgPoolCases, (gpu, floats, shape) =>
    avgPoolForward(
      gpu,
      { x: floats(shape.n * shape.h * shape.w * shape.c), y: floats(shape.n * shape.c) },
      shape,
    ),
  ),
  entry('avg-pool.backward', 'its gradient, spread evenly', avgPoolCases, (gpu, floats, shape) =>
    avgPoolBackward(
      gpu,
      { dy: floats(shape.n * shape.c), dx: floats(shape.n * shape.h * shape.w * shape.c) },
      shape,
    ),
  ),
  entry(
    'loss.cross-entropy',
    'softmax, mean cross-entropy and its gradient in one',
    byFirst(crossEntropyCases, 'ten-classes'),
    (gpu, floats, { n, classes, labelSmoothing = 0, weighted, ignoreIndex, reduction }) =>
      softmaxCrossEntropy(
        gpu,
        {
          logits: floats(n * classes),
          labels: floats(n),
          dLogits: floats(n * classes),
          loss: floats(reduction === 'none' ? n : 1),
          correct: floats(1),
        },
        { n, classes },
        {
          ...{ labelSmoothing, ignoreIndex, reduction },
          classWeights: weighted ? floats(classes) : undefined,
        },
      ),
  ),
  entry(
    'loss.binary-cross-entropy',
    'the same with one logit for two classes',
    byFirst(bceCases, 'long-batch'),
    (gpu, floats, { n, labelSmoothing, positiveWeight, reduction }) =>
      bceWithLogits(
        gpu,
        {
          ...{ logits: floats(n), targets: floats(n), dLogits: floats(n) },
          ...{ loss: floats(reduction === 'none' ? n : 1), correct: floats(1) },
        },
        { n },
        { labelSmoothing, positiveWeight, reduction },
      ),
  ),
  entry(
    'loss.nll',
    'the mean of minus the log-probability of each label, and its gradient',
    byFirst(crossEntropyCases, 'ten-classes'),
    (gpu, floats, { n, classes, weighted, ignoreIndex, reduction }) =>
      nllLoss(
        gpu,
        {
          logProbabilities: floats(n * classes),
          labels: floats(n),
          dLogits: floats(n * classes),
          loss: floats(reduction === 'none' ? n : 1),
          correct: floats(1),
        },
        { n, classes },
        { ignoreIndex, reduction, classWeights: weighted ? floats(classes) : undefined },
      ),
  ),
  entry(
    'adam',
    'a step of Adam or AdamW on all parameters at once',
    byFirst(adamCases, 'tiny-gradients'),
    (gpu, floats, { size, ...options }) =>
      adam(
        gpu,
        {
          parameters: floats(size),
          gradients: floats(size),
          m: floats(size),
          v: floats(size),
          groups: groupTable(floats, size),
        },
        size,
        1,
        options,
      ),
  ),
  entry(
    'sgd',
    'a step of SGD with momentum',
    byFirst(sgdCases, 'past-a-workgroup'),
    (gpu, floats, { size, ...options }) =>
      sgd(
        gpu,
        {
          parameters: floats(size),
          gradients: floats(size),
          velocity: floats(size),
          groups: groupTable(floats, size),
        },
        size,
        options,
      ),
  ),
  entry(
    'clip-norm',
    'the norm of all gradients, and the factor that clips them',
    byFirst(clipCases, 'tiny'),
    (gpu, floats, { size, maxNorm }) =>
      clipFactor(gpu, { gradients: floats(size), factor: floats(1) }, size, { maxNorm }),
  ),
  entry('magnitudes', 'how many numbers there are of each power of two', clipCases, (gpu, floats, { size }) =>
    magnitudes(gpu, { x: floats(size), counts: floats(BINS) }, size),
  ),
  entry(
    'preprocess',
    'turns the bytes of photos into what the network sees',
    byFirst(preprocessCases, 'training'),
    (gpu, floats, shape) => {
      const { n, oh, ow } = shape;
      const pixels = gpu.temporary(n * imageStride(shape));
      const jobs = Array.from({ length: n }, (_, i) => ({
        ...{ ...centreCrop(shape), source: i, destination: i },
        ...{ contrast: 1.1, brightness: 0.9, order: ['brightness', 'contrast'] as const },
      }));
      preprocess(gpu, { pixels, y: floats(n * oh * ow * 3) }, { ...shape, images: n }, jobs);
    },
  ),
  entry('gather', 'rows of a matrix, picked by number', gatherCases, (gpu, floats, { rows, picks, width }) =>
    gatherRows(
      gpu,
      { x: floats(rows * width), y: floats(picks * width) },
      { rows, n: picks, width },
      Uint32Array.from({ length: 2 * picks }, (_, i) => (i % 2 === 0 ? (i / 2) % rows : (i - 1) / 2)),
    ),
  ),
  entry('cast', 'f32 to f16', castCases, (gpu, floats, { count }) =>
    cast(gpu, { x: floats(count), y: floats(Math.ceil(count / 2)) }, count, { from: 'f32', to: 'f16' }),
  ),
  ...ladderEntries,
];
