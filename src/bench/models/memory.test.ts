import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { hasHalf } from '../../kernels/dtype.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import type { NeededMemory } from '../benchmark.ts';
import type { Trained } from './flops.ts';
import { forwardPass, trainingStep } from './network.ts';

const size = { batch: 2, size: 32 };
const FLOAT = 4;

describe('neededMemory', () => {
  let gpu: Gpu;
  const needed: Partial<Record<Trained, NeededMemory>> = {};
  beforeAll(async () => {
    gpu = await testGpu();
    for (const trained of ['head', 'layer4', 'all'] as const) {
      const step = trainingStep(gpu, size, trained);
      await gpu.scope(() => step.record());
      needed[trained] = step.needed();
      step.close();
    }
    await gpu.finish();
  });

  it('counts parameters, and three numbers more for each that is trained', () => {
    const [parameters, statistics] = [11_181_642, 9_600];
    expect(needed.all).toMatchObject({
      parameters: (parameters + statistics) * FLOAT,
      optimizer: 3 * parameters * FLOAT,
    });
    expect(needed.head?.optimizer).toBe(3 * 5130 * FLOAT);
  });

  it('counts weights of convolutions that are stored in f16 once for two', async () => {
    if (!hasHalf(gpu)) return console.log('memory: this adapter has no shader-f16');
    const step = forwardPass(gpu, size, { half: true });
    await gpu.scope(() => step.record());
    const [convolutions, others] = [11_166_912, 11_181_642 + 9_600 - 11_166_912];
    expect(step.needed()).toMatchObject({
      parameters: convolutions * 2 + others * FLOAT,
      optimizer: 0,
      activations: 0,
    });
    step.close();
    await gpu.finish();
  });

  it('keeps only the features for the head', () => {
    expect(needed.head?.activations).toBe(size.batch * 512 * FLOAT);
  });

  it('keeps no more of the last stage than its formulas read', () => {
    const layer3 = size.batch * 2 * 2 * 256;
    const layer4 = size.batch * 512;
    // The outputs of five convolutions and of four ReLUs, the features, and mean and deviation of five batch norms.
    const most = (layer3 + (5 + 4 + 1) * layer4 + 5 * 2 * 512) * FLOAT;
    expect(needed.layer4?.activations).toBeLessThanOrEqual(most);
    expect(needed.layer4?.activations).toBeGreaterThan(most / 2);
    expect(needed.all?.activations).toBeGreaterThan(most);
  });

  it('adds what passes through where that is more: the largest result and the one made of it', () => {
    const [stem, pooled] = [16 * 16 * 64, 8 * 8 * 64].map((elements) => size.batch * elements * FLOAT);
    const most = ({ activations, passing }: NeededMemory) => activations + passing;
    expect(most(needed.head!)).toBe(stem! + pooled!); // all three were measured, and both sides are two
    expect(needed.all?.passing).toBeLessThan(0.1 * needed.all!.activations);
  });

  it('leaves the device as it was', () => {
    expect(Object.hasOwn(gpu, 'run')).toBe(false);
  });
});
