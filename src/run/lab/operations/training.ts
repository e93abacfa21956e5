/** What surrounds a network in a training step: photos to tensors, rows of features, losses, optimizers. */
import { adam } from '../../../kernels/adam/index.ts';
import * as adamReference from '../../../kernels/adam/reference.ts';
import { gatherRows } from '../../../kernels/gather/index.ts';
import * as gather from '../../../kernels/gather/reference.ts';
import { bceWithLogits, nllLoss, softmaxCrossEntropy } from '../../../kernels/loss/index.ts';
import * as loss from '../../../kernels/loss/reference.ts';
import { centreCrop, imageStride, preprocess } from '../../../kernels/preprocess/index.ts';
import { preprocessReference } from '../../../kernels/preprocess/reference.ts';
import { clipFactor } from '../../../kernels/reduce/index.ts';
import { sgd } from '../../../kernels/sgd/index.ts';
import * as sgdReference from '../../../kernels/sgd/reference.ts';
import { createRandom } from '../../../random.ts';
import { field, sizeOf, valueOf, type LabOperation, type Sizes } from '../operation.ts';
import { operation } from './plain.ts';

const WEIGHT_DECAY = 0.01;
const STEP = 3;
/** A rate so large that the step shows in the parameters. */
const adamOptions = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decoupled: true };
const sgdOptions = { learningRate: 0.1, momentum: 0.9 };
const clipping = { maxNorm: 2, gradientScale: 0.5 };
const smoothing = { labelSmoothing: 0.1 };

const parameters = [field('size', 'parameters', 2 ** 23)];
const arenas = [2 ** 20, 4100, 300, 1].map((size) => ({
  name: size.toLocaleString('en-US'),
  sizes: { size },
}));
const sizeIn = (sizes: Sizes) => sizeOf(sizes, 'size');

/** What optimizers know of groups: rate and decay of each 64 parameters. */
const groupsOf = (size: number) => ({
  shape: [2 * Math.ceil(size / 64)],
  data: () =>
    Float32Array.from({ length: 2 * Math.ceil(size / 64) }, (_, i) => (i % 2 === 0 ? 1 : WEIGHT_DECAY)),
});

const optimizers: readonly LabOperation[] = [
  operation({
    ...{
      name: 'adam',
      about: 'a step of AdamW on all parameters at once',
      fields: parameters,
      cases: arenas,
    },
    ...{ flops: 14, tolerance: 1e-6 * STEP },
    tensors(sizes) {
      const shape = [sizeIn(sizes)];
      return {
        inputs: {
          ...{ parameters: { shape }, gradients: { shape }, m: { shape, from: -0.1, to: 0.1 } },
          ...{ v: { shape, from: 0, to: 0.1 }, groups: groupsOf(sizeIn(sizes)) },
        },
        outputs: { parameters: shape, m: shape, v: shape },
      };
    },
    record: (gpu, of, sizes) =>
      adam(
        gpu,
        {
          parameters: of('parameters'),
          gradients: of('gradients'),
          m: of('m'),
          v: of('v'),
          groups: of('groups'),
        },
        ...([sizeIn(sizes), STEP, adamOptions] as const),
      ),
    expected(values) {
      const before = (name: string) => Float64Array.from(valueOf(values, name));
      const after = { parameters: before('parameters'), m: before('m'), v: before('v') };
      const options = { ...adamOptions, weightDecay: Math.fround(WEIGHT_DECAY) };
      adamReference.adam(after, valueOf(values, 'gradients'), STEP, options);
      return after;
    },
  }),
  operation({
    ...{ name: 'sgd', about: 'a step of SGD with momentum', fields: parameters, cases: arenas },
    ...{ flops: 6, tolerance: 3 * 2 ** -24 * STEP },
    tensors(sizes) {
      const shape = [sizeIn(sizes)];
      return {
        inputs: {
          ...{ parameters: { shape }, gradients: { shape }, velocity: { shape } },
          groups: groupsOf(sizeIn(sizes)),
        },
        outputs: { parameters: shape, velocity: shape },
      };
    },
    record: (gpu, of, sizes) =>
      sgd(
        gpu,
        {
          ...{ parameters: of('parameters'), gradients: of('gradients') },
          ...{ velocity: of('velocity'), groups: of('groups') },
        },
        sizeIn(sizes),
        sgdOptions,
      ),
    expected(values) {
      const before = (name: string) => Float64Array.from(valueOf(values, name));
      const after = { parameters: before('parameters'), velocity: before('velocity') };
      sgdReference.sgd(after, valueOf(values, 'gradients'), { ...sgdOptions, weightDecay: WEIGHT_DECAY });
      return after;
    },
  }),
  operation({
    ...{ name: 'clip-norm', about: 'the norm of all gradients, and the factor that clips them' },
    ...{ fields: parameters, cases: arenas, flops: 2, tolerance: 1e-6 },
    tensors: (sizes) => ({ inputs: { gradients: { shape: [sizeIn(sizes)] } }, outputs: { factor: [1] } }),
    record: (gpu, of, sizes) =>
      clipFactor(gpu, { gradients: of('gradients'), factor: of('factor') }, sizeIn(sizes), clipping),
    expected(values) {
      let squares = 0;
      for (const g of valueOf(values, 'gradients')) squares += g * g;
      return { factor: [Math.min(1, clipping.maxNorm / (Math.sqrt(squares) * clipping.gradientScale))] };
    },
  }),
];

const scores = (sizes: Sizes) => ({ n: sizeOf(sizes, 'n'), classes: sizeOf(sizes, 'classes') });

const losses: readonly LabOperation[] = [
  operation({
    ...{ name: 'loss.cross-entropy', about: 'softmax, mean cross-entropy and its gradient in one' },
    fields: [field('n', 'images', 4096), field('classes', 'classes', 8192)],
    cases: [
      { name: 'a batch of 32, ten classes', sizes: { n: 32, classes: 10 } },
      { name: 'a batch of 256, a thousand classes', sizes: { n: 256, classes: 1000 } },
      { name: 'one image, two classes', sizes: { n: 1, classes: 2 } },
    ],
    ...{ flops: 8, tolerance: 1e-5 },
    tensors(sizes) {
      const { n, classes } = scores(sizes);
      const labels = () => Uint32Array.from({ length: n }, (_, i) => (3 * i) % classes);
      return {
        inputs: { logits: { shape: [n, classes], from: -4, to: 4 }, labels: { shape: [n], data: labels } },
        outputs: { dLogits: [n, classes], loss: [1], correct: [1] },
      };
    },
    record: (gpu, of, sizes) =>
      softmaxCrossEntropy(
        gpu,
        {
          ...{ logits: of('logits'), labels: of('labels') },
          ...{ dLogits: of('dLogits'), loss: of('loss'), correct: of('correct') },
        },
        scores(sizes),
        smoothing,
      ),
    expected(values, sizes) {
      const {
        dLogits,
        loss: value,
        correct,
      } = loss.softmaxCrossEntropy(
        valueOf(values, 'logits'),
        valueOf(values, 'labels'),
        scores(sizes),
        smoothing,
      );
      return { dLogits, loss: [value], correct: [correct] };
    },
  }),
  operation({
    ...{
      name: 'loss.nll',
      about: 'the mean of minus the log-probability of each label, and its gradient',
    },
    fields: [field('n', 'images', 4096), field('classes', 'classes', 8192)],
    cases: [
      { name: 'a batch of 32, ten classes', sizes: { n: 32, classes: 10 } },
      { name: 'a batch of 256, a thousand classes', sizes: { n: 256, classes: 1000 } },
    ],
    ...{ flops: 2, tolerance: 1e-5 },
    tensors(sizes) {
      const { n, classes } = scores(sizes);
      const labels = () => Uint32Array.from({ length: n }, (_, i) => (3 * i) % classes);
      return {
        inputs: { x: { shape: [n, classes], from: -8, to: 0 }, labels: { shape: [n], data: labels } },
        outputs: { dLogits: [n, classes], loss: [1], correct: [1] },
      };
    },
    record: (gpu, of, sizes) =>
      nllLoss(
        gpu,
        {
          ...{ logProbabilities: of('x'), labels: of('labels') },
          ...{ dLogits: of('dLogits'), loss: of('loss'), correct: of('correct') },
        },
        scores(sizes),
      ),
    expected(values, sizes) {
      const result = loss.nllLoss(valueOf(values, 'x'), valueOf(values, 'labels'), scores(sizes));
      return { dLogits: result.dLogits, loss: [result.loss], correct: [result.correct] };
    },
  }),
  operation({
    ...{ name: 'loss.binary-cross-entropy', about: 'the same with one logit for two classes' },
    fields: [field('n', 'images', 2 ** 20)],
    cases: [3001, 32, 1].map((n) => ({ name: `${n}`, sizes: { n } })),
    ...{ flops: 12, tolerance: 1e-5 },
    tensors(sizes) {
      const n = sizeOf(sizes, 'n');
      const targets = () => Float32Array.from({ length: n }, (_, i) => i % 2);
      return {
        inputs: { logits: { shape: [n], from: -4, to: 4 }, targets: { shape: [n], data: targets } },
        outputs: { dLogits: [n], loss: [1], correct: [1] },
      };
    },
    record: (gpu, of, sizes) =>
      bceWithLogits(
        gpu,
        {
          ...{ logits: of('logits'), targets: of('targets') },
          ...{ dLogits: of('dLogits'), loss: of('loss'), correct: of('correct') },
        },
        { n: sizeOf(sizes, 'n') },
        smoothing,
      ),
    expected(values, sizes) {
      const {
        dLogits,
        loss: value,
        correct,
      } = loss.bceWithLogits(
        valueOf(values, 'logits'),
        valueOf(values, 'targets'),
        sizeOf(sizes, 'n'),
        smoothing,
      );
      return { dLogits, loss: [value], correct: [correct] };
    },
  }),
];

const photos = (sizes: Sizes) => {
  const [n, h, w, oh, ow] = ['n', 'h', 'w', 'oh', 'ow'].map((name) => sizeOf(sizes, name));
  return { n: n ?? 1, h: h ?? 1, w: w ?? 1, oh: oh ?? 1, ow: ow ?? 1 };
};
const changeOf = (sizes: Sizes) => ({
  ...centreCrop(photos(sizes)),
  ...{ contrast: 1.1, brightness: 0.9, order: ['brightness', 'contrast'] as const },
});
/** Bytes of photos, the same at each call. */
function bytesOf(count: number): Uint8Array<ArrayBuffer> {
  const random = createRandom(0xb7);
  return Uint8Array.from({ length: count }, () => random.below(256));
}

const rows = (sizes: Sizes) => ({
  rows: sizeOf(sizes, 'rows'),
  n: sizeOf(sizes, 'picks'),
  width: sizeOf(sizes, 'width'),
});
const movesOf = (sizes: Sizes) =>
  Uint32Array.from({ length: 2 * rows(sizes).n }, (_, i) =>
    i % 2 === 0 ? (5 * (i / 2)) % rows(sizes).rows : (i - 1) / 2,
  );

const inputs: readonly LabOperation[] = [
  operation({
    ...{ name: 'preprocess', about: 'turns the bytes of photos into what the network sees' },
    fields: [
      field('n', 'photos', 64),
      ...[field('h', 'rows of a photo', 512), field('w', 'columns of a photo', 512)],
      ...[field('oh', 'rows of the result', 256), field('ow', 'columns of the result', 256)],
    ],
    cases: [
      { name: '8 photos to 224²', sizes: { n: 8, h: 256, w: 320, oh: 224, ow: 224 } },
      { name: '2 photos to 12 × 16', sizes: { n: 2, h: 19, w: 21, oh: 12, ow: 16 } },
    ],
    ...{ flops: 20, tolerance: 3e-4 },
    tensors(sizes) {
      const { n, oh, ow } = photos(sizes);
      const bytes = n * imageStride(photos(sizes));
      const pixels = () => new Uint32Array(bytesOf(bytes).buffer);
      return { inputs: { pixels: { shape: [bytes / 4], data: pixels } }, outputs: { y: [n, oh, ow, 3] } };
    },
    record(gpu, of, sizes) {
      const shape = photos(sizes);
      const jobs = Array.from({ length: shape.n }, (_, i) => ({
        ...changeOf(sizes),
        source: i,
        destination: i,
      }));
      preprocess(gpu, { pixels: of('pixels'), y: of('y') }, { ...shape, images: shape.n }, jobs);
    },
    expected(values, sizes) {
      const shape = photos(sizes);
      const bytes = new Uint8Array(valueOf(values, 'pixels').buffer);
      const stride = imageStride(shape);
      const y = new Float64Array(shape.n * shape.oh * shape.ow * 3);
      for (let i = 0; i < shape.n; i++) {
        const photo = bytes.subarray(i * stride, i * stride + shape.h * shape.w * 3);
        y.set(preprocessReference(photo, shape, changeOf(sizes)), (i * y.length) / shape.n);
      }
      return { y };
    },
  }),
  operation({
    ...{ name: 'gather', about: 'rows of a matrix, picked by number' },
    fields: [
      ...[field('rows', 'rows to pick from', 2 ** 16), field('picks', 'rows picked', 2 ** 16)],
      field('width', 'columns', 4096),
    ],
    cases: [
      { name: '64 of 600 features', sizes: { rows: 600, picks: 64, width: 512 } },
      { name: '7 of 9 short ones', sizes: { rows: 9, picks: 7, width: 20 } },
    ],
    ...{ flops: 0, tolerance: 0 },
    tensors(sizes) {
      const { rows: from, n, width } = rows(sizes);
      return { inputs: { x: { shape: [from, width] } }, outputs: { y: [n, width] } };
    },
    record: (gpu, of, sizes) => gatherRows(gpu, { x: of('x'), y: of('y') }, rows(sizes), movesOf(sizes)),
    expected(values, sizes) {
      const { n, width } = rows(sizes);
      const x = Float32Array.from(valueOf(values, 'x'));
      return { y: gather.gatherRows(x, new Float32Array(n * width), rows(sizes), movesOf(sizes)) };
    },
  }),
];

export const training: readonly LabOperation[] = [...losses, ...optimizers, ...inputs];
