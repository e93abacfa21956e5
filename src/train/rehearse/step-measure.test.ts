/** A measured step is the recorded one at work: the same kernels, and numbers that plain loops find, too. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { dot } from '../../../test/support/kernels.ts';
import { imageSet } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { resnet18 } from '../../networks/index.ts';
import { createRandom } from '../../random.ts';
import type { TrainConfig } from '../settings/config.ts';
import { testSettings } from '../testing.ts';
import { measureStep } from './step-measure.ts';
import { recordStep } from './step-record.ts';
import { stepOf } from './step.ts';

const CLASSES = 2;
const config: TrainConfig = {
  ...testSettings,
  ...{ data: null, weights: 'none', recipe: 'default', validFraction: 0.2, labels: null },
  ...{ labelsFromNames: false, shrinkFrom: null, size: 32, augment: 'none', views: 0, tune: 'layer4' },
  ...{ epochs: 1, batchSize: 4 },
};
const random = createRandom(7);
const images = imageSet({
  data: Uint8Array.from({ length: 4 * 32 * 32 * 3 }, () => random.below(256)),
  ...{ width: 32, height: 32, labels: Int32Array.of(0, 1, 0, 1), paths: [] },
});

const norm = (values: ArrayLike<number> = []): number => Math.sqrt(dot(values, values));

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function made() {
  const model = resnet18(gpu, CLASSES);
  model.initialise(createRandom(1));
  return model;
}

describe('a measured step', () => {
  it('runs the kernels of its record, and leaves nothing behind', async () => {
    const model = made();
    const { dispatches, wall, activations } = await measureStep(model, config, images, { milliseconds: 0 });
    model.dispose();
    const record = recordStep(gpu, 'resnet18', CLASSES, config);
    expect(wall).toHaveLength(3);
    if (dispatches) {
      expect(dispatches.map(({ kernel }) => kernel)).toEqual(
        record.dispatches.map(({ kernel }) => kernel.name),
      );
      expect(dispatches.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
    }
    const forward = record.operations.filter(({ pass }) => pass === 'forward');
    expect(activations.map((counts) => counts.reduce((sum, n) => sum + n, 0))).toEqual(
      forward.map(({ shape = [] }) => shape.reduce((product, side) => product * side, 1)),
    );
    expect(gpu.onPart).toBeUndefined();
  });

  it('tells norms of gradients, weights and updates as they are on the host', async () => {
    const model = made();
    const { parameters, loss } = await measureStep(model, config, images, { milliseconds: 0 });
    model.dispose();

    const again = made();
    const step = stepOf(again, config, images);
    const before = await again.stateDict();
    const metrics = await step();
    expect(metrics.loss).toBe(loss);
    const after = await again.stateDict();
    const trained = [...again.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
    expect(parameters.map(({ name }) => name)).toEqual(trained.map(([name]) => name));
    for (const [i, [name, parameter]] of trained.entries()) {
      const [old, now] = [before.get(name)?.data, after.get(name)?.data];
      const gradient = (await parameter.readGradient()) ?? [];
      const difference = now?.map((value, k) => value - (old?.[k] ?? NaN));
      const { weight, update, gradient: found, stage } = parameters[i]!; // one for each, as said above
      expect(weight).toBeCloseTo(norm(old), 5);
      expect(update).toBeCloseTo(norm(difference), 6);
      expect(found).toBeCloseTo(norm(gradient), 5);
      expect(stage).toBe(name.startsWith('fc') ? 'head' : 'layer4');
    }
    again.dispose();
  });

  it('takes kernels of its own for what is not fused', () => {
    const kernels = (on: Gpu, fused = true) =>
      recordStep(on, 'resnet18', CLASSES, config, { fused }).operations.map(({ op }) => op);
    expect(kernels(gpu)).toContain('conv2dBatchNorm');
    expect(kernels(gpu, false)).not.toContain('conv2dBatchNorm');
  });
});
