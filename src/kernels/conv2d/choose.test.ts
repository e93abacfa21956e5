/** The rule, on adapters that are only described, and when a measurement takes its place. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { Gpu, AutotunedChoice } from '../../gpu/index.ts';
import { fingerprintOf } from './autotune/fingerprint.ts';
import { parseProblem, problemName, type Conv2dProblem } from './autotune/problem.ts';
import { backwardDataPass } from './backward-data.ts';
import { backwardWeightPass } from './backward-weight.ts';
import { chooseAlgorithm } from './choose.ts';
import { forwardPass } from './forward.ts';
import type { Conv2dShape } from './shape.ts';

const chooseForward = (gpu: Gpu, shape: Conv2dShape, epilogue?: 'none' | 'norm') =>
  chooseAlgorithm(gpu, forwardPass, shape, epilogue);
const chooseBackwardData = (gpu: Gpu, shape: Conv2dShape) => chooseAlgorithm(gpu, backwardDataPass, shape);
const chooseBackwardWeight = (gpu: Gpu, shape: Conv2dShape) =>
  chooseAlgorithm(gpu, backwardWeightPass, shape);

const described = (software: boolean, subgroupSize: number | null) =>
  ({
    software,
    subgroupSize,
    maxBindingBytes: 2 ** 27,
    bindingAlignment: 256,
    without: new Set(),
  }) as unknown as Gpu;
const gpus = {
  gpu: described(false, 32),
  gpuOfManySizes: described(false, null),
  lavapipe: described(true, 8),
  withoutSubgroups: described(true, null),
};
const layer1 = { n: 32, h: 32, w: 32, c: 64, k: 64, r: 3, s: 3, stride: 1, padding: 1 };
const strided = { ...layer1, k: 128, stride: 2 };
const fewPixels = { ...strided, n: 1, h: 4, w: 4, c: 512, k: 512 };
const stem = { n: 8, h: 128, w: 128, c: 3, k: 64, r: 7, s: 7, stride: 2, padding: 3 };
const chooses = [chooseForward, chooseBackwardData, chooseBackwardWeight];

describe('the rule', () => {
  it('broadcasts where the adapter is a CPU with subgroups of one size', () => {
    for (const choose of chooses) {
      const channels = choose === chooseBackwardWeight ? 64 : 16;
      expect(choose(gpus.lavapipe, strided).name).toBe(`subgroup 4×${channels}`);
      expect(choose(described(true, 4), strided).name).toBe('subgroup 4×16'); // as SwiftShader is
      for (const gpu of [gpus.gpu, gpus.gpuOfManySizes, gpus.withoutSubgroups])
        expect(choose(gpu, strided).name).toBe('tiled 64×64');
    }
  });

  it('does without a family where it is told to', () => {
    const layer = { ...layer1, c: 256, k: 256 };
    for (const [name, gpu] of Object.entries(gpus)) {
      const direct = { ...gpu, without: new Set(['winograd']) } as unknown as Gpu;
      expect(chooseForward(gpu, layer).family, name).toBe('winograd');
      expect(chooseForward(direct, layer).family, name).not.toBe('winograd');
    }
  });

  it('saves multiplications where that is worth the traffic, by either family', () => {
    for (const choose of chooses) {
      expect(choose(gpus.lavapipe, layer1).name).toBe('winograd 4×4 subgroup');
      expect(choose(gpus.withoutSubgroups, layer1).name).toBe('winograd 4×4 tiled');
      expect(choose(gpus.gpu, { ...layer1, c: 256, k: 256 }).name).toBe('winograd 4×4 tiled');
      expect(choose(gpus.gpu, { ...layer1, c: 4, k: 4 }).name).toMatch(/^tiled/);
    }
  });

  it('fills up the three channels of a photo to four', () => {
    for (const choose of [chooseForward, chooseBackwardWeight]) {
      const channels = choose === chooseBackwardWeight ? 64 : 16;
      expect(choose(gpus.lavapipe, stem).name).toBe(`padded, subgroup 4×${channels}`);
      expect(choose(gpus.gpu, stem).name).toMatch(/^padded, tiled/);
    }
    expect(chooseForward(gpus.gpu, { ...stem, c: 1 }).name).toBe('tiled 32×32');
  });

  it('takes small tiles where large ones leave a GPU idle, or channels are no multiple of four', () => {
    expect(chooseForward(gpus.gpu, fewPixels).name).toBe('tiled 32×32');
    expect(chooseForward(gpus.gpu, { ...strided, k: 65 }).name).toBe('tiled 32×32');
    expect(chooseBackwardData(gpus.gpu, fewPixels).name).toBe('tiled 32×32');
    // Four phases of 8 × 8 × 32 pixels: 4 · 32 workgroups with large tiles, 4 · 31 with an image less.
    expect(chooseBackwardData(gpus.gpu, { ...strided, h: 16, w: 16 }).name).toBe('tiled 64×64');
    expect(chooseBackwardData(gpus.gpu, { ...strided, n: 31, h: 16, w: 16 }).name).toBe('tiled 32×32');
    // A weight's gradient has its sum split until a GPU is busy.
    expect(chooseBackwardWeight(gpus.gpu, fewPixels).name).toBe('tiled 64×64');
    expect(chooseBackwardWeight(gpus.gpu, { ...fewPixels, c: 16 }).name).toBe('tiled 32×32');
  });
});

describe('a problem', () => {
  it.each<Conv2dProblem>([
    { pass: 'forward', shape: stem, epilogue: 'norm + residual' },
    { pass: 'forward', shape: layer1, epilogue: 'norm' },
    { pass: 'backwardData', shape: fewPixels, epilogue: 'none' },
    { pass: 'backwardWeight', shape: { ...stem, r: 1, padding: 0 }, epilogue: 'none' },
  ])('has a name that tells all of it: %o', (problem) => {
    expect(parseProblem(problemName(problem))).toEqual(problem);
  });

  it('is nothing that other texts name', () => {
    const name = problemName({ pass: 'forward', shape: stem, epilogue: 'none' });
    expect(name).toBe('conv2d.forward 8×128×128×3 → 64, 7×7, stride 2, padding 3');
    for (const text of ['', 'matmul', ` ${name}`, `${name}, relu`, name.replace('forward', 'sideways')])
      expect(parseProblem(text)).toBeUndefined();
    expect(() => parseProblem(name.replace('stride 2', 'stride 0'))).toThrow('stride = 0');
    expect(() => parseProblem(name.replace('128×128', '1×0'))).toThrow(RangeError);
  });
});

describe('a measurement', () => {
  const shape = { n: 1, h: 4, w: 4, c: 8, k: 8, r: 3, s: 3, stride: 1, padding: 1 };
  const name = problemName({ pass: 'forward', shape, epilogue: 'norm' });
  let gpu: Gpu;
  let measured: AutotunedChoice;
  beforeAll(async () => {
    gpu = await testGpu();
    const rule = chooseForward(gpu, shape, 'norm');
    const algorithm = forwardPass.algorithms.find((candidate) => candidate.name === 'tiled 64×64')!; // it is in the list
    const kernels = fingerprintOf(gpu, forwardPass, shape, 'norm', [algorithm, rule]);
    const times = { milliseconds: 1, ruleMilliseconds: 2 };
    measured = { algorithm: algorithm.name, rule: rule.name, kernels, ...times };
  });

  const chosen = (choice: AutotunedChoice, of = shape, epilogue: 'none' | 'norm' = 'norm'): string => {
    gpu.autotuned = { get: (problem) => (problem === name ? choice : undefined) };
    try {
      return chooseForward(gpu, of, epilogue).name;
    } finally {
      gpu.autotuned = undefined;
    }
  };

  it('goes before the rule, for its own problem', () => {
    expect(measured.rule).not.toBe(measured.algorithm);
    expect(chosen(measured)).toBe(measured.algorithm);
    expect(chosen(measured, { ...shape, n: 2 })).toBe(measured.rule);
    expect(chosen(measured, shape, 'none')).toBe(measured.rule);
  });

  it('is left out where an algorithm, the rule or a kernel is not what it was', () => {
    expect(chosen({ ...measured, algorithm: 'tiled 1×1' })).toBe(measured.rule);
    expect(chosen({ ...measured, rule: 'tiled 16×16' })).toBe(measured.rule);
    expect(chosen({ ...measured, kernels: '0'.repeat(16) })).toBe(measured.rule);
  });

  it('is left out where its algorithm does not suit', () => {
    const odd = { ...shape, c: 5 };
    const large = forwardPass.algorithms.find((algorithm) => algorithm.name === 'tiled 64×64');
    expect(large?.suits(gpu, odd)).toBe(false);
    const rule = chooseForward(gpu, odd).name;
    gpu.autotuned = { get: () => ({ ...measured, rule }) };
    try {
      expect(chooseForward(gpu, odd).name).toBe(rule);
    } finally {
      gpu.autotuned = undefined;
    }
  });
});
