/** Checks of what surrounds a network in a training step: photos to tensors, rows of features, losses, optimizers. */
import { adam } from '../../../kernels/adam/index.ts';
import * as adamReference from '../../../kernels/adam/reference.ts';
import { gatherRows } from '../../../kernels/gather/index.ts';
import * as gather from '../../../kernels/gather/reference.ts';
import { bceWithLogits, softmaxCrossEntropy } from '../../../kernels/loss/index.ts';
import * as loss from '../../../kernels/loss/reference.ts';
import { imageStride, preprocess, type Augmentation } from '../../../kernels/preprocess/index.ts';
import { preprocessReference } from '../../../kernels/preprocess/reference.ts';
import { clipFactor } from '../../../kernels/reduce/index.ts';
import { sgd } from '../../../kernels/sgd/index.ts';
import * as sgdReference from '../../../kernels/sgd/reference.ts';
import { check, type OperationCheck } from './check.ts';

const PARAMETERS = 300;
const WEIGHT_DECAY = 0.01;
/** A rate so large that the step shows in the parameters. */
const adamOptions = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decoupled: true };
const sgdOptions = { learningRate: 0.1, momentum: 0.9 };
/** What optimizers know of groups: rate and decay of each 64 parameters. */
const groups = Float32Array.from({ length: 2 * Math.ceil(PARAMETERS / 64) }, (_, i) =>
  i % 2 === 0 ? 1 : WEIGHT_DECAY,
);
const clipping = { maxNorm: 2, gradientScale: 0.5 };

const photo = { h: 19, w: 21, oh: 12, ow: 16 };
const colours = { brightness: 1.2, contrast: 0.8, saturation: 1.3 };
/** The three ways of reading pixels: as they are, between them, and several at once. */
const changes: readonly Augmentation[] = [
  {
    ...{ crop: { x: 3, y: 2, width: photo.ow, height: photo.oh }, rotation: 0, flip: true, ...colours },
    order: ['brightness', 'contrast', 'saturation'],
  },
  {
    ...{ crop: { x: 4.5, y: 3.25, width: 10, height: 9 }, rotation: 0.2, flip: false, ...colours },
    order: ['saturation', 'contrast', 'brightness'],
  },
  { crop: { x: 0, y: 0, width: photo.w, height: photo.h }, rotation: 0, flip: false, ...colours, order: [] },
];

const rows = { rows: 9, n: 7, width: 20 };
const moves = Uint32Array.from({ length: 2 * rows.n }, (_, i) =>
  i % 2 === 0 ? (5 * (i / 2)) % rows.rows : (i - 1) / 2,
);
const smoothing = { labelSmoothing: 0.1 };
const scores = { n: 13, classes: 5 };

export const trainingChecks: readonly OperationCheck[] = [
  check(
    'preprocess',
    (draw) => {
      const images = changes.map(() => Uint8Array.from(draw(photo.h * photo.w * 3, 0, 256)));
      const bytes = new Uint8Array(images.length * imageStride(photo));
      images.forEach((image, i) => bytes.set(image, i * imageStride(photo)));
      return {
        inputs: { pixels: new Uint32Array(bytes.buffer) },
        expected: {
          y: changes.flatMap((change, i) => [
            ...preprocessReference(images[i] ?? new Uint8Array(), photo, change),
          ]),
        },
      };
    },
    (gpu, storages) => {
      const jobs = changes.map((change, i) => ({ ...change, source: i, destination: i }));
      preprocess(gpu, storages, { ...photo, images: changes.length, n: changes.length }, jobs);
    },
  ),
  check(
    'gather',
    (draw) => {
      const { rows: from, n, width } = rows;
      const x = draw(from * width);
      return {
        inputs: { x },
        expected: { y: gather.gatherRows(x, new Float32Array(n * width), rows, moves) },
      };
    },
    (gpu, storages) => gatherRows(gpu, storages, rows, moves),
  ),
  check(
    'loss.cross-entropy',
    (draw) => {
      const logits = draw(scores.n * scores.classes, -4, 4);
      const labels = Uint32Array.from({ length: scores.n }, (_, i) => (3 * i) % scores.classes);
      const { losses: _each, ...expected } = loss.softmaxCrossEntropy(logits, labels, scores, smoothing);
      return {
        inputs: { logits, labels },
        expected: { ...expected, loss: [expected.loss], correct: [expected.correct] },
      };
    },
    (gpu, storages) => softmaxCrossEntropy(gpu, storages, scores, smoothing),
  ),
  check(
    'loss.binary-cross-entropy',
    (draw) => {
      const { n } = scores;
      const logits = draw(n, -4, 4);
      const targets = Float32Array.from({ length: n }, (_, i) => i % 2);
      const { losses: _each, ...expected } = loss.bceWithLogits(logits, targets, n);
      return {
        inputs: { logits, targets },
        expected: { ...expected, loss: [expected.loss], correct: [expected.correct] },
      };
    },
    (gpu, storages) => bceWithLogits(gpu, storages, scores),
  ),
  check(
    'clip-norm',
    (draw) => {
      const gradients = draw(PARAMETERS);
      const norm = Math.sqrt(gradients.reduce((sum, g) => sum + g * g, 0)) * clipping.gradientScale;
      return {
        inputs: { gradients },
        expected: { factor: [Math.min(1, clipping.maxNorm / norm)] },
      };
    },
    (gpu, storages) => clipFactor(gpu, storages, PARAMETERS, clipping),
  ),
  check(
    'adam',
    (draw) => {
      const [gradients, parameters] = [draw(PARAMETERS), draw(PARAMETERS)];
      const [m, v] = [draw(PARAMETERS, -0.1, 0.1), draw(PARAMETERS, 0, 0.1)];
      const expected = {
        parameters: Float64Array.from(parameters),
        m: Float64Array.from(m),
        v: Float64Array.from(v),
      };
      adamReference.adam(expected, gradients, 3, { ...adamOptions, weightDecay: WEIGHT_DECAY });
      return {
        inputs: { gradients, parameters, m, v, groups },
        expected,
      };
    },
    (gpu, storages) => adam(gpu, storages, PARAMETERS, 3, adamOptions),
  ),
  check(
    'sgd',
    (draw) => {
      const [gradients, parameters, velocity] = [draw(PARAMETERS), draw(PARAMETERS), draw(PARAMETERS)];
      const expected = {
        parameters: Float64Array.from(parameters),
        velocity: Float64Array.from(velocity),
      };
      sgdReference.sgd(expected, gradients, { ...sgdOptions, weightDecay: WEIGHT_DECAY });
      return {
        inputs: { gradients, parameters, velocity, groups },
        expected,
      };
    },
    (gpu, storages) => sgd(gpu, storages, PARAMETERS, sgdOptions),
  ),
];
