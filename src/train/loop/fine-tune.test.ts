import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { Gpu } from '../../gpu/index.ts';
import type { ResNet } from '../../networks/index.ts';
import { evaluate } from './evaluate.ts';
import { planEpoch } from './epoch-plan.ts';
import type { StepEvent } from './events.ts';
import { featureInputs } from '../inputs/features.ts';
import { fineTune } from './fine-tune.ts';
import { freeze } from './freeze.ts';
import { imageInputs, trunkIsFixed } from '../inputs/inputs.ts';
import { colouredNoise, differing, smallModel, testSettings } from '../testing.ts';

const SIZE = 32;
const view = { size: SIZE, augment: 'none', seed: 3 } as const;

let gpu: Gpu;
const models: ResNet[] = [];
beforeAll(async () => {
  gpu = await testGpu();
});
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

function build(outputs = 2): ResNet {
  const model = smallModel(gpu, outputs);
  models.push(model);
  return model;
}

/** 20 images for training, the last batch not full, and 10 for validation; the first larger where they are cropped. */
function inputsOf(model: ResNet, augment: 'none' | 'standard' = 'none') {
  const room = augment === 'standard' ? SIZE + 5 : SIZE;
  return {
    train: imageInputs(model, colouredNoise(20, room, 1), { ...view, augment }),
    valid: imageInputs(model, colouredNoise(10, SIZE, 2), view),
  };
}

describe('fineTune', () => {
  it.each([
    ['all', 'cross-entropy', 2],
    ['layer4', 'bce', 1],
  ] as const)('learns to tell colours apart: %s, %s', async (tune, loss, outputs) => {
    const model = build(outputs);
    const { history, best, stopped } = await fineTune(model, inputsOf(model, 'standard'), {
      ...{ ...testSettings, tune, loss, bn: 'batch', epochs: 4 },
    });
    const [first, last] = [history[0]!, history[3]!]; // one an epoch
    expect(last.train.loss).toBeLessThan(first.train.loss);
    expect(best?.valid.accuracy).toBe(1);
    expect(best?.valid.count).toBe(10);
    expect(stopped).toBe(false);
  });

  it('gives the same bits for the same seed and others for another', async () => {
    const run = async (seed: number) => {
      const model = build();
      const settings = { ...testSettings, tune: 'layer4', bn: 'batch', seed } as const;
      await fineTune(model, inputsOf(model, 'standard'), settings);
      return model.stateDict();
    };
    const first = await run(3);
    expect(differing(await run(3), first)).toEqual([]);
    expect(differing(await run(4), first)).toContain('fc.weight');
  });

  it('leaves what is frozen as it was, and its running statistics too', async () => {
    const model = build();
    const before = await model.stateDict();
    await fineTune(model, inputsOf(model), { ...testSettings, tune: 'head', epochs: 1 });
    const after = await model.stateDict();
    expect(differing(before, after)).toEqual(['fc.weight', 'fc.bias']);
  });

  it('reports every step, hands over each better model and returns the best', async () => {
    const model = build();
    const steps: StepEvent[] = [];
    const saved: number[] = [];
    const { history, best } = await fineTune(model, inputsOf(model), testSettings, {
      onStep: (step) => steps.push(step),
      onBest: ({ epoch }) => Promise.resolve(void saved.push(epoch)),
    });
    expect(steps.map(({ epoch, step, steps, count }) => [epoch, step, steps, count])).toEqual([
      ...[1, 2, 3].map((step) => [1, step, 3, step < 3 ? 8 : 4]),
      ...[1, 2, 3].map((step) => [2, step, 3, step < 3 ? 8 : 4]),
    ]);
    expect(saved).toEqual(history.filter(({ isBest }) => isBest).map(({ epoch }) => epoch));
    expect(best?.epoch).toBe(saved.at(-1));
  });

  it('stops where the loss is not finite, naming epoch and step', async () => {
    const model = build();
    const run = fineTune(model, inputsOf(model), { ...testSettings, lr: 1e30 });
    await expect(run).rejects.toThrow(
      /The loss is (NaN|Infinity) at step 2 of epoch 1: training has diverged/,
    );
  });

  it('refuses a learning rate that is not a number', async () => {
    const model = build();
    const run = fineTune(model, inputsOf(model), { ...testSettings, lr: NaN });
    await expect(run).rejects.toThrow('lr is NaN; it must be a number greater than 0.');
  });

  it('stops between two steps when told to, and leaves the model as it is then', async () => {
    const model = build();
    const before = await model.stateDict();
    const controller = new AbortController();
    const { signal } = controller;
    const steps: StepEvent[] = [];
    const settings = { ...testSettings, tune: 'head' };
    const result = await fineTune(model, inputsOf(model), settings, {
      signal,
      onStep: (step) => {
        steps.push(step);
        controller.abort();
      },
    });
    expect(result).toEqual({ history: [], best: null, stopped: true, endedEarly: false });
    expect(steps).toHaveLength(2); // the second was under way
    const weight = (await model.stateDict()).get('fc.weight')!; // every ResNet has one
    expect(weight.data.every(Number.isFinite)).toBe(true);
    expect(weight.data).not.toEqual(before.get('fc.weight')?.data);
  });

  it('keeps the best of the epochs before it was stopped', async () => {
    const model = build();
    const controller = new AbortController();
    const settings = { ...testSettings, tune: 'head', epochs: 9 };
    const { best, stopped } = await fineTune(model, inputsOf(model), settings, {
      signal: controller.signal,
      onEpoch: () => controller.abort(),
    });
    expect(stopped).toBe(true);
    expect(best?.epoch).toBe(1);
  });

  it('leaves a last batch of one image out where batch norm would look at it alone', async () => {
    const [model, running] = [build(), build()];
    freeze(model, 'head', 'batch');
    freeze(running, 'head', 'running');
    expect(planEpoch(model, 9, testSettings)).toEqual({ steps: 1, leftOut: 1 });
    expect(planEpoch(model, 10, testSettings)).toEqual({ steps: 2, leftOut: 0 });
    expect(planEpoch(running, 9, testSettings)).toEqual({ steps: 2, leftOut: 0 });
    expect(planEpoch(running, 17, { ...testSettings, accumulate: 2 })).toEqual({ steps: 2, leftOut: 0 });
    const train = imageInputs(model, colouredNoise(9, SIZE, 1), view); // 1×1 in the last stage
    const settings = { ...testSettings, tune: 'head', bn: 'batch', epochs: 1 } as const;
    const { history } = await fineTune(model, { train, valid: train }, settings);
    expect(history[0]?.train.count).toBe(8);
    expect(history[0]?.valid.count).toBe(9);
  });

  it('leaves no memory behind', async () => {
    const model = build();
    const settings = { ...testSettings, tune: 'layer4' };
    await fineTune(model, inputsOf(model), { ...settings, epochs: 1 });
    const { bytes, buffers } = gpu.statistics;
    await fineTune(model, inputsOf(model), { ...settings, epochs: 2 });
    expect(gpu.statistics).toMatchObject({ bytes, buffers });
  });
});

describe('features computed once', () => {
  it('train and validate as the whole network does', async () => {
    const [whole, headOnly] = [build(), build()];
    const settings = { ...testSettings, tune: 'head' };
    for (const model of [whole, headOnly]) freeze(model, 'head', 'running');
    const set = colouredNoise(20, SIZE, 1);
    const through = imageInputs(whole, set, view);
    const features = await featureInputs(headOnly, set, { size: SIZE, batchSize: 7 });
    const a = await fineTune(whole, { train: through, valid: through }, settings);
    const b = await fineTune(headOnly, { train: features, valid: features }, settings);
    features.dispose();
    // The trunk ran in batches of another size; what remains is float32 in another order.
    a.history.forEach(({ train, valid }, i) => {
      expect(b.history[i]?.train.loss).toBeCloseTo(train.loss, 4);
      expect(b.history[i]?.valid.loss).toBeCloseTo(valid.loss, 4);
      expect(b.history[i]?.valid.accuracy).toBe(valid.accuracy);
    });
  });

  it('are only for a trunk that never changes', () => {
    const isFixed = (tune: string, bn: 'running' | 'batch') => {
      const model = build();
      freeze(model, tune, bn);
      return trunkIsFixed(model);
    };
    expect(isFixed('head', 'running')).toBe(true);
    expect(isFixed('head', 'batch')).toBe(false);
    expect(isFixed('layer4', 'running')).toBe(false);
  });
});

describe('evaluate', () => {
  it('counts every image once whatever the batch, and restores the mode', async () => {
    const model = build();
    model.train();
    const inputs = imageInputs(model, colouredNoise(11, SIZE, 4), view);
    const inOne = await evaluate(model, inputs, { batchSize: 11, loss: 'cross-entropy' });
    const inParts = await evaluate(model, inputs, { batchSize: 4, loss: 'cross-entropy' });
    expect(inOne.count).toBe(11);
    expect(inParts.loss).toBeCloseTo(inOne.loss, 5);
    expect(inParts.accuracy).toBe(inOne.accuracy);
    expect(model.training).toBe(true);
  });
});
