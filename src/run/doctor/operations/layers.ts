/** Checks of everything between convolutions: linear, batch norm, pooling, elementwise maps. */
import { avgPoolBackward, avgPoolForward } from '../../../kernels/avg-pool/index.ts';
import * as avgPool from '../../../kernels/avg-pool/reference.ts';
import {
  batchNormBackward,
  batchNormForward,
  batchNormStatistics,
} from '../../../kernels/batch-norm/index.ts';
import * as batchNorm from '../../../kernels/batch-norm/reference.ts';
import { activate, activateBackward } from '../../../kernels/elementwise/activate.ts';
import { add } from '../../../kernels/elementwise/index.ts';
import * as maps from '../../../kernels/elementwise/reference.ts';
import { linearBackward, linearForward } from '../../../kernels/linear/index.ts';
import * as linear from '../../../kernels/linear/reference.ts';
import { maxPoolArgmaxBytes, maxPoolBackward, maxPoolForward } from '../../../kernels/max-pool/index.ts';
import * as maxPool from '../../../kernels/max-pool/reference.ts';
import { check, type OperationCheck, type Values } from './check.ts';

/** A head of three classes. */
const head = { n: 8, inFeatures: 68, outFeatures: 3 };
const matrix = { rows: 150, channels: 36 };
const elements = matrix.rows * matrix.channels;
const image = { n: 2, h: 13, w: 11, c: 20 };
const pixels = image.n * image.h * image.w * image.c;
const pool = { ...image, kernel: 3, stride: 2, padding: 1 };
const EPS = 1e-5;
const MOMENTUM = 0.1;

/** x of [rows, channels] whose mean is not zero, and what batch norm makes of it. */
function normalised(draw: Values) {
  const { channels } = matrix;
  const x = draw(elements, -0.5, 1.5);
  const { mean, variance, unbiased } = batchNorm.statistics(x, matrix);
  const invStd = batchNorm.invStdOf(variance, EPS);
  const inputs = {
    ...{ x, weight: draw(channels, 0.5, 1.5), bias: draw(channels), residual: draw(elements) },
    ...{ mean: Float32Array.from(mean), invStd: Float32Array.from(invStd) },
  };
  return { inputs, mean, invStd, unbiased };
}

export const layerChecks: readonly OperationCheck[] = [
  check(
    'linear',
    (draw) => {
      const { n, inFeatures, outFeatures } = head;
      const inputs = {
        ...{ x: draw(n * inFeatures), weight: draw(outFeatures * inFeatures) },
        ...{ bias: draw(outFeatures), dy: draw(n * outFeatures) },
      };
      return {
        inputs,
        expected: { y: linear.forward(inputs, head), ...linear.backward(inputs, head) },
      };
    },
    (gpu, storages) => {
      linearForward(gpu, storages, head);
      linearBackward(gpu, storages, head);
    },
  ),
  check(
    'batch-norm.statistics',
    (draw) => {
      const { channels } = matrix;
      const { inputs, mean, invStd, unbiased } = normalised(draw);
      const { x } = inputs;
      const [runningMean, runningVar] = [draw(channels), draw(channels, 0.5, 1.5)];
      return {
        inputs: { x, runningMean, runningVar },
        expected: {
          ...{ mean, invStd, runningMean: batchNorm.movedTowards(runningMean, mean, MOMENTUM) },
          runningVar: batchNorm.movedTowards(runningVar, unbiased, MOMENTUM),
        },
      };
    },
    (gpu, storages) => batchNormStatistics(gpu, storages, { ...matrix, eps: EPS, momentum: MOMENTUM }),
  ),
  check(
    'batch-norm.forward',
    (draw) => {
      const { inputs } = normalised(draw);
      const { residual } = inputs;
      return {
        inputs,
        expected: { y: batchNorm.forward(inputs.x, { ...matrix, ...inputs }, { residual, relu: true }) },
      };
    },
    (gpu, storages) => batchNormForward(gpu, storages, { ...matrix, relu: true }),
  ),
  ...(['batch', 'running'] as const).map((mode) =>
    check(
      'batch-norm.backward',
      (draw) => {
        const { inputs } = normalised(draw);
        const { x, mean, invStd, weight } = inputs;
        const [dy, y] = [draw(elements), draw(elements)]; // only the sign of y matters
        return {
          inputs: { dy, x, y, mean, invStd, weight },
          expected: batchNorm.backward({ dy, x, y }, { ...matrix, mean, invStd, weight }, mode),
        };
      },
      (gpu, storages) => batchNormBackward(gpu, storages, { ...matrix, relu: true, mode }),
    ),
  ),
  check(
    'relu',
    (draw) => {
      const inputs = { x: draw(elements), dy: draw(elements) };
      const y = maps.activate('relu', inputs.x);
      return {
        inputs,
        expected: { y, dx: maps.activateBackward('relu', inputs.dy, inputs.x) },
      };
    },
    (gpu, storages) => {
      activate(gpu, 'relu', storages, elements);
      activateBackward(gpu, 'relu', storages, elements);
    },
  ),
  check(
    'add',
    (draw) => {
      const inputs = { a: draw(elements), b: draw(elements) };
      return {
        inputs,
        expected: { y: maps.add(inputs.a, inputs.b) },
      };
    },
    (gpu, storages) => add(gpu, storages, elements),
  ),
  check(
    'max-pool',
    (draw) => {
      const x = draw(pixels);
      const { y, source } = maxPool.forward(x, pool);
      const dy = draw(y.length);
      return {
        inputs: { x, dy },
        expected: { y, dx: maxPool.backward(dy, source, pixels) },
      };
    },
    (gpu, { x, y, dy, dx }) => {
      const argmax = gpu.temporary(maxPoolArgmaxBytes(pool));
      maxPoolForward(gpu, { x, y, argmax }, pool);
      maxPoolBackward(gpu, { dy, argmax, dx }, pool);
    },
  ),
  check(
    'avg-pool',
    (draw) => {
      const inputs = { x: draw(pixels), dy: draw(image.n * image.c) };
      return {
        inputs,
        expected: { y: avgPool.forward(inputs.x, image), dx: avgPool.backward(inputs.dy, image) },
      };
    },
    (gpu, storages) => {
      avgPoolForward(gpu, storages, image);
      avgPoolBackward(gpu, storages, image);
    },
  ),
];
