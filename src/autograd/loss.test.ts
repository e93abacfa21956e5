/** Losses as operations among others: what follows a loss counts in its gradient. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { centralDifferences, expectClose, noise } from '../../test/support/kernels.ts';
import type { Gpu } from '../gpu/index.ts';
import * as reference from '../kernels/loss/reference.ts';
import { Parameter } from '../nn/index.ts';
import { add, backward, bceWithLogits, crossEntropy, mul, reshape, Tensor } from './all.ts';

// f32 against differences of a float64 loss: exp's 3 + 2·|x| units in the last place, and two roundings.
const CLOSE = { relative: 2e-6 };
const SIZE = { n: 3, classes: 4 };
const labels = Uint32Array.of(1, 3, 0);
const targets = Float32Array.of(0, 1, 1);

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const scalar = (value: number) => new Tensor(gpu, [], gpu.upload(Float32Array.of(value)));

describe.each([
  {
    name: 'crossEntropy',
    shape: [3, 4],
    record: (logits: Tensor) => crossEntropy(logits, gpu.upload(labels)).loss,
    lossAt: (v: Float64Array) => reference.softmaxCrossEntropy(v, labels, SIZE).loss,
  },
  {
    name: 'bceWithLogits',
    shape: [3, 1],
    record: (logits: Tensor) => bceWithLogits(logits, gpu.upload(targets)).loss,
    lossAt: (v: Float64Array) => reference.bceWithLogits(v, targets, 3).loss,
  },
])('$name', ({ shape, record, lossAt }) => {
  async function gradientOf(after: (loss: Tensor, logits: Tensor) => Tensor) {
    const logits = new Parameter(gpu, shape);
    const data = noise(logits.size, 1, 2);
    logits.load({ shape, data });
    await gpu.scope(() => backward(after(record(logits), logits)));
    return { data, gradient: (await logits.readGradient())! }; // backward has just reached it
  }

  it.each<[string, (loss: Tensor, logits: Tensor) => Tensor, (loss: number) => number]>([
    ['alone', (loss) => loss, (loss) => loss],
    ['times ten', (loss) => mul(loss, scalar(10)), (loss) => 10 * loss],
    ['squared', (loss) => mul(loss, loss), (loss) => loss * loss],
    ['under another shape', (loss) => reshape(loss, [1]), (loss) => loss],
    [
      'beside a second one',
      (loss, logits) => add(mul(loss, scalar(-3)), record(logits)),
      (loss) => -2 * loss,
    ],
  ])('has the gradient that finite differences give: %s', async (_what, after, value) => {
    const { data, gradient } = await gradientOf(after);
    expectClose(
      gradient,
      centralDifferences((v) => value(lossAt(v)), data),
      CLOSE,
    );
  });

  it('costs no dispatch for the 1 that backward begins with', () => {
    const logits = new Parameter(gpu, shape);
    const kernels = (after: (loss: Tensor) => Tensor) => {
      const run = gpu.rehearse(() => backward(after(record(logits))));
      logits.gradient = undefined; // rehearsed, and so never computed
      return run.map(({ name }) => name.split(' ')[0]);
    };
    expect(kernels((loss) => loss)).toHaveLength(2); // each sample's term, and their mean
    expect(kernels((loss) => mul(loss, scalar(10))).slice(2)).toEqual(['mul', 'mul', 'scale']);
  });
});
