import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { batchNormInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { cases, momentum, type BatchNormCase } from './cases.ts';
import { batchNormBackward, batchNormForward, batchNormInvStd, batchNormStatistics } from './index.ts';
import * as reference from './reference.ts';

// f32: a handful of roundings per element, and sums of at most 22,000 terms, added up in groups.
const TOLERANCE = { relative: 4e-6 };

let gpu: Gpu;
let limited: Gpu;
/** Software adapters group the threads that reduce rows differently: this one has them do it as a GPU would. */
let likeGpu: Gpu;
const groupings = [
  { grouping: 'this adapter has it', on: () => gpu },
  { grouping: 'a GPU has it', on: () => likeGpu },
] as const;
beforeAll(async () => {
  gpu = await testGpu();
  likeGpu = Object.assign(await testGpu(), { software: false });
  limited = await testGpu({ maxBindingBytes: 4096 });
});

/** A case's tensors; x̂ and the gradients follow from its own statistics in float64. */
function tensorsOf({ n, h, w, c, eps, inputMean }: BatchNormCase) {
  const shape = { rows: n * h * w, channels: c };
  const count = shape.rows * c;
  const x = noise(count, 1, 1, inputMean);
  const { mean, variance } = reference.statistics(x, shape);
  const perChannel = {
    mean: Float32Array.from(mean),
    invStd: Float32Array.from(reference.invStdOf(variance, eps)),
    weight: noise(c, 2, 0.5, 1),
    bias: noise(c, 3),
  };
  return { shape, count, x, dy: noise(count, 4), residual: noise(count, 5), ...perChannel };
}

describe.each(cases)('batch norm: $name', (testCase) => {
  const { shape, count, x, dy, residual, mean, invStd, weight, bias } = tensorsOf(testCase);
  const { rows, channels } = shape;
  const { eps } = testCase;

  it.each(groupings)('statistics, and the running ones, grouped as $grouping', async ({ on }) => {
    const runningMean = noise(channels, 6);
    const runningVar = noise(channels, 7, 0.5, 1);
    const actual = await runKernels(
      on(),
      { x },
      { mean: channels, invStd: channels, runningMean, runningVar },
      (s) => batchNormStatistics(on(), s, { ...shape, eps, momentum }),
    );
    const expected = reference.statistics(x, shape);
    expectClose(actual.mean, expected.mean, { relative: 1e-6, absolute: 1e-7 }, 'mean');
    expectClose(actual.invStd, reference.invStdOf(expected.variance, eps), TOLERANCE, 'invStd');
    const moved = reference.movedTowards(runningMean, expected.mean, momentum);
    expectClose(actual.runningMean, moved, TOLERANCE, 'runningMean');
    const movedVar = reference.movedTowards(runningVar, expected.unbiased, momentum);
    expectClose(actual.runningVar, movedVar, TOLERANCE, 'runningVar');
  });

  it.each([
    { relu: false, withResidual: false },
    { relu: true, withResidual: false },
    { relu: true, withResidual: true },
  ])('forward, relu $relu, residual $withResidual', async ({ relu, withResidual }) => {
    const { y } = await runKernels(gpu, { x, mean, invStd, weight, bias, residual }, { y: count }, (s) =>
      batchNormForward(gpu, { ...s, residual: withResidual ? s.residual : undefined }, { ...shape, relu }),
    );
    const options = { relu, residual: withResidual ? residual : undefined };
    expectClose(y, reference.forward(x, { ...shape, mean, invStd, weight, bias }, options), TOLERANCE, 'y');
  });

  it.each([
    { mode: 'batch', relu: false, ...groupings[0] },
    { mode: 'batch', relu: true, ...groupings[0] },
    { mode: 'batch', relu: true, ...groupings[1] },
    { mode: 'running', relu: false, ...groupings[0] },
    { mode: 'running', relu: true, ...groupings[0] },
  ] as const)('backward in $mode mode, relu $relu, grouped as $grouping', async ({ mode, relu, on }) => {
    const y = noise(count, 8); // only its sign matters
    const outputs = { dx: count, dResidual: count, dWeight: channels, dBias: channels };
    const actual = await runKernels(on(), { dy, x, y, mean, invStd, weight }, outputs, (s) =>
      batchNormBackward(on(), { ...s, y: relu ? s.y : undefined }, { ...shape, relu, mode }),
    );
    const normalisation = { ...shape, mean, invStd, weight };
    const expected = reference.backward({ dy, x, y: relu ? y : undefined }, normalisation, mode);
    // With few rows most of dx cancels; what is left is judged against the terms, which are of the size of scale·dy.
    const terms = Math.max(...weight) * Math.max(...invStd);
    const sums = { relative: 1e-6, absolute: 1e-6 * Math.sqrt(rows) };
    expectClose(actual.dx, expected.dx, { relative: 2e-6, absolute: 1e-6 * terms }, 'dx');
    expectClose(actual.dResidual, expected.dResidual, { relative: 0 }, 'dResidual');
    expectClose(actual.dWeight, expected.dWeight, sums, 'dWeight');
    expectClose(actual.dBias, expected.dBias, sums, 'dBias');
  });

  it.each(['batch', 'running'] as const)('finds the mask of ReLU from its input, %s mode', async (mode) => {
    const gradients = { dx: count, dWeight: channels, dBias: channels };
    const inputs = { x, mean, invStd, weight, bias, dy };
    const byResult = await runKernels(gpu, inputs, { y: count, ...gradients }, (s) => {
      batchNormForward(gpu, s, { ...shape, relu: true });
      batchNormBackward(gpu, { ...s, bias: undefined }, { ...shape, relu: true, mode });
    });
    const byInput = await runKernels(gpu, inputs, gradients, (s) =>
      batchNormBackward(gpu, s, { ...shape, relu: true, mode }),
    );
    expect(byInput.dx).toEqual(byResult.dx);
    expect(byInput.dWeight).toEqual(byResult.dWeight);
    expect(byInput.dBias).toEqual(byResult.dBias);
  });

  it.each(['batch', 'running'] as const)('equals PyTorch in %s mode', async (mode) => {
    const { x, weight, bias, runningMean, runningVar, gradOutput } = batchNormInputs(testCase);
    const gradients = { dx: count, dWeight: channels, dBias: channels };
    const outputs = { y: count, ...gradients, mean: channels, invStd: channels, runningMean, runningVar };
    const actual = await runKernels(gpu, { x, weight, bias, dy: gradOutput }, outputs, (s) => {
      if (mode === 'batch') batchNormStatistics(gpu, s, { ...shape, eps, momentum });
      else batchNormInvStd(gpu, { variance: s.runningVar, invStd: s.invStd }, { channels, eps });
      const used = mode === 'batch' ? s : { ...s, mean: s.runningMean };
      batchNormForward(gpu, { ...used, y: s.y }, { ...shape, relu: false });
      batchNormBackward(gpu, { ...used, y: undefined }, { ...shape, relu: false, mode });
    });
    const golden = opGolden('batch-norm', testCase.name);
    // A mean m is rounded to 2⁻²⁴·m, which counts in units of the deviation, about ½; PyTorch is 2e-5 off at m = 100.
    const tolerance = 5e-6 + Math.abs(testCase.inputMean) * 2 ** -22;
    expectGolden(actual.y, golden.get(`${mode}/y`), tolerance);
    expectGolden(actual.dx, golden.get(`${mode}/gradInput`), tolerance);
    expectGolden(actual.dWeight, golden.get(`${mode}/gradWeight`), tolerance);
    expectGolden(actual.dBias, golden.get(`${mode}/gradBias`), tolerance);
    if (mode === 'running') return;
    // It may nearly cancel: 0.9·running + 0.1·batch, both within ±0.1 of 0.1·m, each rounded once or twice.
    const expectedMean = golden.get('batch/runningMean');
    const cancelled = (0.1 * 2 ** -23 * Math.sqrt(channels)) / expectedMean.norm;
    expectGolden(actual.runningMean, expectedMean, tolerance + cancelled);
    expectGolden(actual.runningVar, golden.get('batch/runningVar'), tolerance);
  });
});

describe('batch norm', () => {
  const small: BatchNormCase = { name: 'small', n: 2, h: 3, w: 2, c: 3, eps: 1e-5, inputMean: 0.3 };

  it('computes invStd from a variance', async () => {
    const variance = noise(70, 1, 0.5, 0.6);
    const { invStd } = await runKernels(gpu, { variance }, { invStd: 70 }, (s) =>
      batchNormInvStd(gpu, s, { channels: 70, eps: 1e-3 }),
    );
    expectClose(invStd, reference.invStdOf(Float64Array.from(variance), 1e-3), TOLERANCE);
  });

  it.each(groupings)(
    'keeps the variance where the mean is a thousand deviations, grouped as $grouping',
    async ({ on }) => {
      const shape = { rows: 3000, channels: 4 };
      const x = noise(shape.rows * shape.channels, 1, Math.sqrt(3), 1000); // uniform of deviation 1
      const { invStd } = await runKernels(on(), { x }, { mean: 4, invStd: 4 }, (s) =>
        batchNormStatistics(on(), s, { ...shape, eps: 0, momentum: 0.1 }),
      );
      const { variance } = reference.statistics(x, shape);
      expectClose(
        invStd.map((v) => v ** -2),
        variance,
        { relative: 1e-5 },
      );
    },
  );

  it('keeps the variance where the first row lies a thousand deviations from the others', async () => {
    const shape = { rows: 8000, channels: 4 };
    const x = noise(shape.rows * shape.channels, 1, Math.sqrt(3));
    x.fill(1000, 0, 4);
    const { invStd } = await runKernels(gpu, { x }, { mean: 4, invStd: 4 }, (s) =>
      batchNormStatistics(gpu, s, { ...shape, eps: 0, momentum: 0.1 }),
    );
    const { variance } = reference.statistics(x, shape);
    expectClose(
      invStd.map((v) => v ** -2),
      variance,
      { relative: 1e-5 }, // roundings of 2⁻²⁴: of 32 rows, twice, and of 250 blocks; of 8000 rows in one sum it would be 5e-4
    );
  });

  it('makes do with the eight storages a kernel that WebGPU promises', async () => {
    const promised = await testGpu({ maxStorages: 8 });
    const run = vi.spyOn(promised, 'run');
    const { shape, x, dy, mean, invStd, weight, bias } = tensorsOf(small);
    const { channels } = shape;
    const outputs = { dx: x.length, dWeight: channels, dBias: channels };
    const [few, many] = await Promise.all(
      [promised, gpu].map((on) =>
        runKernels(on, { x, dy, mean, invStd, weight, bias }, outputs, (s) =>
          batchNormBackward(on, s, { ...shape, relu: true, mode: 'batch' }),
        ),
      ),
    );
    expect(few).toEqual(many);
    for (const [kernel] of run.mock.calls) expect(kernel.bindings.length, kernel.name).toBeLessThanOrEqual(8);
  });

  it.each([1, 8])('spreads many rows of %i channels over several parts', async (channels) => {
    const shape = { rows: 32_769, channels };
    const count = shape.rows * channels;
    const x = noise(count, 1, 1, 3);
    const dy = noise(count, 2);
    const weight = noise(channels, 3, 0.5, 1.5);
    const perChannel = { mean: channels, invStd: channels, dWeight: channels, dBias: channels };
    const actual = await runKernels(gpu, { x, dy, weight }, { ...perChannel, dx: count }, (s) => {
      batchNormStatistics(gpu, s, { ...shape, eps: 0, momentum: 0.1 });
      batchNormBackward(gpu, s, { ...shape, relu: false, mode: 'batch' });
    });
    const { mean, variance } = reference.statistics(x, shape);
    const invStd = reference.invStdOf(variance, 0);
    expectClose(actual.mean, mean, { relative: 1e-6 }, 'mean');
    expectClose(actual.invStd, invStd, { relative: 1e-6 }, 'invStd');
    const expected = reference.backward({ dy, x }, { ...shape, mean, invStd, weight }, 'batch');
    const sums = { relative: 1e-6, absolute: 1e-6 * Math.sqrt(shape.rows) };
    expectClose(actual.dWeight, expected.dWeight, sums, 'dWeight');
    expectClose(actual.dBias, expected.dBias, sums, 'dBias');
    expectClose(actual.dx, expected.dx, { relative: 2e-6 }, 'dx');
  });

  it.each([
    { channels: 4, rows: 1000 },
    { channels: 3, rows: 777 },
  ])('works part by part on $rows × $channels past the limit of a binding', async ({ channels, rows }) => {
    const tensors = tensorsOf({ ...small, n: rows, h: 1, w: 1, c: channels });
    const { shape, count, x, dy, residual, weight, bias } = tensors;
    const outputs = { mean: channels, invStd: channels, y: count, dx: count, dResidual: count };
    const sums = { dWeight: channels, dBias: channels };
    const actual = await runKernels(
      limited,
      { x, dy, residual, weight, bias },
      { ...outputs, ...sums },
      (s) => {
        batchNormStatistics(limited, s, { ...shape, eps: 1e-5, momentum: 0.1 });
        batchNormForward(limited, s, { ...shape, relu: true });
        batchNormBackward(limited, s, { ...shape, relu: true, mode: 'batch' });
      },
    );
    const { mean, invStd } = tensors;
    const y = reference.forward(x, { ...shape, mean, invStd, weight, bias }, { residual, relu: true });
    const expected = reference.backward({ dy, x, y }, { ...shape, mean, invStd, weight }, 'batch');
    expectClose(actual.mean, mean, { relative: 1e-6 }, 'mean');
    expectClose(actual.invStd, invStd, TOLERANCE, 'invStd');
    expectClose(actual.y, y, TOLERANCE, 'y');
    expectClose(actual.dx, expected.dx, TOLERANCE, 'dx');
    expectClose(actual.dResidual, expected.dResidual, TOLERANCE, 'dResidual');
    expectClose(actual.dWeight, expected.dWeight, TOLERANCE, 'dWeight');
    expectClose(actual.dBias, expected.dBias, TOLERANCE, 'dBias');
  });

  it('has the gradients that finite differences give, through the statistics too', async () => {
    const { shape, count, x, dy, residual, mean, invStd, weight, bias } = tensorsOf(small);
    const loss = (values: { readonly x?: Float64Array; readonly weight?: Float64Array }) => {
      const input = values.x ?? x;
      const own = reference.statistics(input, shape);
      const normalisation = {
        ...shape,
        mean: own.mean,
        invStd: reference.invStdOf(own.variance, small.eps),
        weight: values.weight ?? weight,
        bias,
      };
      return dot(reference.forward(input, normalisation, { residual, relu: true }), dy);
    };
    const y = Float32Array.from(
      reference.forward(x, { ...shape, mean, invStd, weight, bias }, { residual, relu: true }),
    );
    const outputs = { dx: count, dWeight: shape.channels, dBias: shape.channels };
    const actual = await runKernels(gpu, { dy, x, y, mean, invStd, weight }, outputs, (s) =>
      batchNormBackward(gpu, s, { ...shape, relu: true, mode: 'batch' }),
    );
    const tolerance = { relative: 1e-5 };
    expectClose(
      actual.dx,
      centralDifferences((v) => loss({ x: v }), x),
      tolerance,
      'dx',
    );
    expectClose(
      actual.dWeight,
      centralDifferences((v) => loss({ weight: v }), weight),
      tolerance,
      'dWeight',
    );
  });

  it('computes only what is asked for', async () => {
    const { shape, count, x, dy, mean, invStd, weight } = tensorsOf(small);
    type Output = 'dx' | 'dResidual' | 'dWeight' | 'dBias';
    const dispatches = async (outputs: Partial<Record<Output, number>>, mode: 'batch' | 'running') => {
      const before = gpu.statistics.dispatches;
      const asked = outputs as Record<Output, number>;
      await runKernels(gpu, { dy, x, mean, invStd, weight }, asked, (s) =>
        batchNormBackward(gpu, s, { ...shape, relu: false, mode }),
      );
      return gpu.statistics.dispatches - before;
    };
    expect(await dispatches({ dx: count }, 'running')).toBe(1);
    expect(await dispatches({ dx: count }, 'batch')).toBe(2);
    expect(await dispatches({ dWeight: 3 }, 'batch')).toBe(1);
    expect(await dispatches({ dBias: 3, dResidual: count }, 'running')).toBe(2);
    expect(await dispatches({}, 'batch')).toBe(0);
  });

  it('gives the same bits every time', async () => {
    const { shape, x } = tensorsOf({ ...small, n: 500, c: 64 });
    const run = () =>
      runKernels(gpu, { x }, { mean: 64, invStd: 64 }, (s) =>
        batchNormStatistics(gpu, s, { ...shape, eps: 1e-5, momentum: 0.1 }),
      );
    expect(await run()).toEqual(await run());
  });

  it('refuses what it cannot normalise', async () => {
    const { shape, x, dy, mean, invStd, weight } = tensorsOf(small);
    const inputs = { dy, x, mean, invStd, weight };
    const statistics = (rows: number) =>
      runKernels(gpu, inputs, { y: 1 }, (s) =>
        batchNormStatistics(gpu, s, { rows, channels: 3, eps: 1e-5, momentum: 0.1 }),
      );
    await expect(statistics(1)).rejects.toThrow('Expected more than 1 value per channel when training');
    await expect(statistics(99)).rejects.toThrow(/batchNormStatistics: x has 144 bytes, but 297 elements/);
    await expect(statistics(0)).rejects.toThrow(/rows = 0/);
    const backward = runKernels(gpu, inputs, { dx: 36 }, (s) =>
      batchNormBackward(gpu, s, { ...shape, relu: true, mode: 'batch' }),
    );
    await expect(backward).rejects.toThrow(/needs the result y/);
  });
});
