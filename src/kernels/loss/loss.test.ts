import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { bceInputs, classWeights, crossEntropyInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { bceCases, type CrossEntropyCase, crossEntropyCases, type Logits } from './cases.ts';
import { type BceOptions, bceWithLogits, nllLoss, type Reduction, softmaxCrossEntropy } from './index.ts';
import * as reference from './reference.ts';

// f32; WGSL allows log an absolute error of 2⁻²¹ near 1 and exp 3 + 2·|x| ULP, so 1e-5 for |x| ≤ 40.
const LOSS = { relative: 2e-6, absolute: 1e-6 };
const gradient = (n: number) => ({ relative: 1e-5, absolute: 1e-6 / n });

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function logitsOf({ kind, scale }: Logits, count: number): Float32Array {
  const values = noise(count, 1);
  return values.map((value) => scale * (kind === 'signs' ? Math.sign(value) : value));
}

const labelsOf = (n: number, classes: number) =>
  Uint32Array.from(noise(n, 2), (value) => Math.floor(((value + 1) / 2) * classes));

/** What decides a loss beside logits and labels; the weights of classes on the host. */
interface Changes {
  readonly labelSmoothing?: number | undefined;
  readonly classWeights?: Float32Array | undefined;
  readonly ignoreIndex?: number | undefined;
  readonly reduction?: Reduction | undefined;
}

/** Runs cross-entropy with everything that it can give. */
const crossEntropy = (
  logits: Float32Array,
  labels: Uint32Array,
  size: { n: number; classes: number },
  { classWeights, ...changes }: Changes = {},
) => {
  const outputs = { loss: lossesOf(size.n, changes), correct: 1, dLogits: logits.length };
  return runKernels(gpu, { logits, labels }, outputs, (s) => {
    const weights = classWeights && gpu.upload(classWeights);
    softmaxCrossEntropy(gpu, s, size, { ...changes, classWeights: weights });
  });
};

/** How many losses are given for n samples. */
const lossesOf = (n: number, { reduction }: { readonly reduction?: Reduction | undefined } = {}) =>
  reduction === 'none' ? n : 1;

/** Those of a reference. */
const lossOf = (
  { reduction }: { readonly reduction?: Reduction | undefined },
  { loss, losses }: { readonly loss: number; readonly losses: Float64Array },
) => (reduction === 'none' ? losses : [loss]);

/** The options of a case, its weights as its golden has them. */
const changesOf = (testCase: CrossEntropyCase): Changes => {
  const { name, classes, labelSmoothing, weighted, ignoreIndex, reduction } = testCase;
  const weights = weighted ? classWeights(name, classes) : undefined;
  return { labelSmoothing, classWeights: weights, ignoreIndex, reduction };
};

const bce = (logits: Float32Array, targets: Float32Array, options?: BceOptions) =>
  runKernels(
    gpu,
    { logits, targets },
    { loss: lossesOf(logits.length, options), correct: 1, dLogits: logits.length },
    (s) => bceWithLogits(gpu, s, { n: logits.length }, options),
  );

describe('softmax cross-entropy', () => {
  it.each(crossEntropyCases)('$name', async (size) => {
    const logits = logitsOf(size.logits, size.n * size.classes);
    const labels = labelsOf(size.n, size.classes);
    const actual = await crossEntropy(logits, labels, size, changesOf(size));
    const expected = reference.softmaxCrossEntropy(logits, labels, size, changesOf(size));
    expectClose(actual.loss, lossOf(size, expected), LOSS, 'loss');
    expectClose(actual.dLogits, expected.dLogits, gradient(size.n), 'dLogits');
    expect(actual.correct[0]).toBe(expected.correct);
  });

  it.each(crossEntropyCases)('$name equals PyTorch', async (size) => {
    const { logits, labels } = crossEntropyInputs(size);
    const { loss, dLogits } = await crossEntropy(logits, labels, size, changesOf(size));
    const golden = opGolden('cross-entropy', size.name);
    expectGolden(loss, golden.get('loss'), 2e-6);
    expectGolden(dLogits, golden.get('gradLogits'), 3e-6);
  });

  it('stays finite at logits of ten thousand', async () => {
    const logits = Float32Array.of(1e4, -1e4, 0, -1e4, -1e4, -1e4);
    const labels = Uint32Array.of(1, 2);
    const size = { n: 2, classes: 3 };
    const actual = await crossEntropy(logits, labels, size);
    const expected = reference.softmaxCrossEntropy(logits, labels, size);
    expectClose(actual.loss, [expected.loss], LOSS);
    expectClose(actual.dLogits, expected.dLogits, gradient(2));
  });

  it.each([NaN, Infinity])('has a loss that is not finite where a logit is %f', async (bad) => {
    for (const at of [0, 1, 70, 99]) {
      const logits = noise(200, 1);
      logits[at] = bad;
      const { loss } = await crossEntropy(logits, Uint32Array.of(1, 2), { n: 2, classes: 100 });
      expect(loss[0], `logit ${at}`).not.toSatisfy(Number.isFinite);
    }
  });

  it('has a NaN loss where a label is none', async () => {
    const { loss } = await crossEntropy(noise(6, 1), Uint32Array.of(1, 3), { n: 2, classes: 3 });
    expect(loss[0]).toBeNaN();
  });

  it('gives value alone where no gradient is asked for', async () => {
    const logits = noise(12, 1);
    const labels = labelsOf(3, 4);
    const size = { n: 3, classes: 4 };
    const { loss } = await runKernels(gpu, { logits, labels }, { loss: 1 }, (s) =>
      softmaxCrossEntropy(gpu, s, size),
    );
    expectClose(loss, [reference.softmaxCrossEntropy(logits, labels, size).loss], LOSS);
  });

  it('has the gradient that finite differences give', async () => {
    const size = { n: 3, classes: 4 };
    const logits = noise(12, 1);
    const labels = labelsOf(3, 4);
    const weights = Float32Array.of(0.5, 2, 1, 0.1);
    for (const changes of [{}, { labelSmoothing: 0.3 }, { labelSmoothing: 0.3, classWeights: weights }]) {
      const { dLogits } = await crossEntropy(logits, labels, size, changes);
      const lossAt = (v: Float64Array) => reference.softmaxCrossEntropy(v, labels, size, changes).loss;
      expectClose(dLogits, centralDifferences(lossAt, logits), { relative: 2e-6 });
    }
  });

  it('refuses sizes that do not fit', async () => {
    const run = (n: number, classes: number) =>
      crossEntropy(noise(6, 1), Uint32Array.of(0, 1), { n, classes });
    await expect(run(2, 4)).rejects.toThrow(/softmaxCrossEntropy: logits has 24 bytes, but 8 elements/);
    await expect(run(3, 2)).rejects.toThrow(/labels has 8 bytes, but 3 elements/);
    await expect(run(0, 2)).rejects.toThrow(/n = 0/);
    const change = (changes: Changes) =>
      crossEntropy(noise(6, 1), Uint32Array.of(0, 1), { n: 2, classes: 3 }, changes);
    await expect(change({ labelSmoothing: 1.5 })).rejects.toThrow(/labelSmoothing = 1.5 must be from 0 to 1/);
    await expect(change({ classWeights: new Float32Array(2) })).rejects.toThrow(/classWeights has 8 bytes/);
    await expect(change({ ignoreIndex: 0.5 })).rejects.toThrow(
      'ignoreIndex = 0.5 must be a whole number of 32 bits.',
    );
  });
});

describe('what counts nothing', () => {
  const size = { n: 3, classes: 4 };
  const logits = noise(12, 1);

  it.each([-100, 2 ** 32 - 1, 4])('may be a label that is none: %d', async (ignoreIndex) => {
    const labels = Uint32Array.of(1, ignoreIndex >>> 0, 3);
    const { loss, dLogits, correct } = await crossEntropy(logits, labels, size, { ignoreIndex });
    const expected = reference.softmaxCrossEntropy(logits, labels, size, { ignoreIndex });
    expectClose(loss, [expected.loss], LOSS);
    expectClose(dLogits, expected.dLogits, gradient(2));
    expect([...dLogits.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
    expect(correct[0]).toBe(expected.correct);
  });

  it('leaves the mean of nothing, which is NaN, and the sum of nothing, which is 0', async () => {
    const labels = Uint32Array.of(2, 2, 2);
    expect((await crossEntropy(logits, labels, size, { ignoreIndex: 2 })).loss[0]).toBeNaN();
    const sum = await crossEntropy(logits, labels, size, { ignoreIndex: 2, reduction: 'sum' });
    expect([sum.loss[0], sum.correct[0]]).toEqual([0, 0]);
  });
});

describe('negative log-likelihood', () => {
  const cases = crossEntropyCases.filter(({ labelSmoothing }) => labelSmoothing === undefined);
  const run = (
    x: Float32Array,
    labels: Uint32Array,
    size: { n: number; classes: number },
    changes: Changes,
  ) => {
    const { classWeights, ...options } = changes;
    const outputs = { loss: lossesOf(size.n, changes), correct: 1, dLogits: x.length };
    return runKernels(gpu, { x, labels }, outputs, ({ x: logProbabilities, ...s }) => {
      const weights = classWeights && gpu.upload(classWeights);
      nllLoss(gpu, { logProbabilities, ...s }, size, { ...options, classWeights: weights });
    });
  };

  it.each(cases)('$name', async (size) => {
    const x = logitsOf(size.logits, size.n * size.classes);
    const labels = labelsOf(size.n, size.classes);
    const actual = await run(x, labels, size, changesOf(size));
    const expected = reference.nllLoss(x, labels, size, changesOf(size));
    expectClose(actual.loss, lossOf(size, expected), LOSS, 'loss');
    expectClose(actual.dLogits, expected.dLogits, gradient(size.n), 'dLogits');
    expect(actual.correct[0]).toBe(expected.correct);
  });

  it('has the gradient that finite differences give', async () => {
    const size = { n: 3, classes: 4 };
    const [x, labels] = [noise(12, 1), Uint32Array.of(1, 3, 0)];
    const changes = { classWeights: Float32Array.of(0.5, 2, 1, 0.1), ignoreIndex: 3 };
    const { dLogits } = await run(x, labels, size, changes);
    const slope = centralDifferences((v) => reference.nllLoss(v, labels, size, changes).loss, x);
    expectClose(dLogits, slope, { relative: 2e-6 });
  });

  it('is NaN where a label is none, and refuses sizes that do not fit', async () => {
    const size = { n: 2, classes: 3 };
    expect((await run(noise(6, 1), Uint32Array.of(1, 3), size, {})).loss[0]).toBeNaN();
    const short = run(noise(5, 1), Uint32Array.of(1, 2), size, {});
    await expect(short).rejects.toThrow('nllLoss: logProbabilities has 20 bytes, but 6 elements need 24');
  });
});

describe('binary cross-entropy with logits', () => {
  const targetsOf = (n: number) => noise(n, 3).map((value) => (value > 0 ? 1 : 0));

  it.each(bceCases)('$name', async ({ n, logits: kind, ...options }) => {
    const logits = logitsOf(kind, n);
    const targets = targetsOf(n);
    const actual = await bce(logits, targets, options);
    const expected = reference.bceWithLogits(logits, targets, n, options);
    expectClose(actual.loss, lossOf(options, expected), LOSS, 'loss');
    expectClose(actual.dLogits, expected.dLogits, gradient(options.reduction ? 1 : n), 'dLogits');
    expect(actual.correct[0]).toBe(expected.correct);
  });

  it.each(bceCases)('$name equals PyTorch', async (testCase) => {
    const { logits, targets } = bceInputs(testCase);
    const { loss, dLogits } = await bce(logits, targets, testCase);
    const golden = opGolden('bce-with-logits', testCase.name);
    expectGolden(loss, golden.get('loss'), 2e-6);
    expectGolden(dLogits, golden.get('gradLogits'), 2e-6);
  });

  it('keeps the small loss of a sure answer, and a large one finite', async () => {
    for (const [z, target] of [
      [18, 1],
      [-30, 0],
      [1e4, 0],
      [-1e4, 1],
    ] as const) {
      const { loss, dLogits } = await bce(Float32Array.of(z), Float32Array.of(target));
      const expected = reference.bceWithLogits([z], [target], 1);
      expectClose(loss, [expected.loss], { relative: 1e-5 }, `loss at ${z}`);
      expectClose(dLogits, expected.dLogits, { relative: 1e-5 }, `gradient at ${z}`);
    }
  });

  it.each([NaN, Infinity, -Infinity])('has a loss that is not finite where a logit is %f', async (bad) => {
    for (const target of [0, 1]) {
      const { loss } = await bce(Float32Array.of(1, bad), Float32Array.of(1, target));
      expect(loss[0], `target ${target}`).not.toSatisfy(Number.isFinite);
    }
  });

  it('has the gradient that finite differences give', async () => {
    const logits = noise(9, 1, 3);
    const targets = targetsOf(9);
    for (const options of [{}, { labelSmoothing: 0.3 }, { labelSmoothing: 0.3, positiveWeight: 4 }]) {
      const { dLogits } = await bce(logits, targets, options);
      const lossAt = (v: Float64Array) => reference.bceWithLogits(v, targets, 9, options).loss;
      expectClose(dLogits, centralDifferences(lossAt, logits), { relative: 2e-6 });
    }
  });

  it('refuses sizes that do not fit', async () => {
    await expect(bce(noise(3, 1), noise(2, 1))).rejects.toThrow(/bceWithLogits: targets has 8 bytes/);
    const change = (options: BceOptions) => bce(noise(3, 1), noise(3, 1), options);
    await expect(change({ labelSmoothing: -0.1 })).rejects.toThrow(/labelSmoothing = -0.1/);
    await expect(change({ positiveWeight: NaN })).rejects.toThrow(/positiveWeight = NaN/);
  });
});
