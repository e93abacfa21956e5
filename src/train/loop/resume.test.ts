/**
 * A run that is killed at any step and goes on from its last checkpoint ends in the bits of one that was never killed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { ImageSet } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { createRandom } from '../../random.ts';
import { readWeights, type StateDict } from '../../weights/index.ts';
import type { ModelCard } from '../files/checkpoint.ts';
import type { TrainConfig } from '../settings/config.ts';
import type { EpochEvent } from './events.ts';
import { fineTune, type FineTuneOptions } from './fine-tune.ts';
import { InputSource } from '../inputs/run-inputs.ts';
import { decodeTrainingState, encodeTrainingState, type TrainingState } from '../files/state.ts';
import { colouredNoise, differing, smallModel, testSettings } from '../testing.ts';

type Settings = typeof testSettings & Pick<TrainConfig, 'size' | 'augment' | 'views'>;

const SIZE = 32;
const plain: Settings = { ...testSettings, size: SIZE, augment: 'none', views: 1 };
const card: ModelCard = {
  architecture: 'resnet18',
  classes: ['reddish', 'bluish'],
  transform: { kind: 'resize', width: SIZE, height: SIZE },
  loss: 'cross-entropy',
  graft: '0',
};

let gpu: Gpu;
const sets: { train: ImageSet; valid: ImageSet } = {
  train: colouredNoise(20, SIZE + 6, 1),
  valid: colouredNoise(6, SIZE, 2),
};
beforeAll(async () => {
  gpu = await testGpu();
});

/** Everything from nothing, as another process would: only the file is carried over. */
async function train(settings: Settings, options: FineTuneOptions = {}) {
  const model = smallModel(gpu);
  const source = new InputSource(model, sets, settings);
  try {
    const result = await fineTune(model, (phase) => source.forPhase(phase), settings, options);
    return { ...result, state: await model.stateDict() };
  } finally {
    source.dispose();
    model.dispose();
  }
}

/** A history without its times, which no two runs share. */
const untimed = (history: readonly EpochEvent[]) =>
  history.map(({ epoch, phase, train, valid, learningRate, isBest }) => ({
    ...{ epoch, phase, train, valid, learningRate, isBest },
  }));

const runs: readonly (readonly [string, Partial<Settings>])[] = [
  ['a head on features', { tune: 'head', schedule: 'one-cycle', epochs: 3 }],
  ['a head on three views', { tune: 'head', augment: 'standard', views: 3, epochs: 3 }],
  [
    'layer4 with Adam, batch statistics and augmentation',
    { tune: 'layer4', bn: 'batch', augment: 'standard' },
  ],
  [
    'all with SGD, momentum, cosine and clipping',
    { optimizer: 'sgd', schedule: 'cosine', warmupEpochs: 0.5, lr: 0.01, clipGrad: 1, weightDecay: 1e-4 },
  ],
  [
    'layer4 after the head, with AdamW and rates by layer',
    { tune: 'layer4', gradual: true, optimizer: 'adamw', epochs: 3, layerDecay: 0.3, weightDecay: 0.01 },
  ],
  [
    'batches of four whose gradients add up, smoothed and weighted',
    { tune: 'layer4', batchSize: 4, accumulate: 2, labelSmoothing: 0.1, classWeights: 'balanced' },
  ],
  ['a head that runs out of patience', { tune: 'head', lr: 1e-6, patience: 2, epochs: 12 }],
];

describe('a run that is killed and resumed', () => {
  it.each(runs)('ends in the same bits: %s', async (name, changes) => {
    const settings = { ...plain, ...changes };
    const checkpoints: Uint8Array[] = [];
    let best: StateDict | undefined;
    const whole = await train(settings, {
      checkpointSeconds: 0,
      onBest: ({ state }) => Promise.resolve(void (best = state)),
      onCheckpoint: (state) => Promise.resolve(void checkpoints.push(encodeTrainingState(state, card))),
    });
    // One of the first half, where rates are high and moments matter; one of the second;
    // and the last, when all was done.
    const { length } = checkpoints;
    const early = createRandom(name.length).below(Math.floor(length / 2));
    const picked = [early, Math.floor(length * 0.6), length - 1];
    for (const index of new Set(picked)) {
      const resume = decodeTrainingState(readWeights(checkpoints[index]!, 'last'), 'last'); // index is below the length
      let bestAfter: StateDict | undefined;
      const resumed = await train(settings, {
        resume,
        onBest: ({ state }) => Promise.resolve(void (bestAfter = state)),
      });
      expect(differing(resumed.state, whole.state), `from checkpoint ${index}`).toEqual([]);
      expect(untimed(resumed.history)).toEqual(untimed(whole.history));
      expect(resumed.best).toEqual(whole.best);
      expect(resumed.endedEarly).toBe(whole.endedEarly);
      if (bestAfter && best) expect(differing(bestAfter, best)).toEqual([]);
    }
  });

  it('ends in the same bits where the signal stopped it, in training and in validation', async () => {
    const settings = { ...plain, tune: 'layer4' };
    const whole = await train(settings);
    let last: TrainingState | undefined;
    for (const stopAt of [1, 2, 3, 5]) {
      const controller = new AbortController();
      const resume = last;
      const { stopped } = await train(settings, {
        resume,
        signal: controller.signal,
        onStep: ({ epoch, step, steps }) => {
          if ((epoch - 1) * steps + step >= stopAt) controller.abort();
        },
        onCheckpoint: (state) => Promise.resolve(void (last = state)),
      });
      expect(stopped).toBe(true);
      expect(last?.progress.step).toBeGreaterThan(0);
    }
    const resumed = await train(settings, { resume: last });
    expect(differing(resumed.state, whole.state)).toEqual([]);
    expect(untimed(resumed.history)).toEqual(untimed(whole.history));
  });

  it('is held between two steps, with a checkpoint made, and ends in the same bits', async () => {
    const settings = { ...plain, tune: 'layer4' };
    const steps: number[] = [];
    const states: TrainingState[] = [];
    let held: Promise<void> | undefined;
    let go: () => void = () => undefined;
    const run = train(settings, {
      hold: () => held,
      checkpointSeconds: 1e9,
      onStep({ epoch, step }) {
        steps.push(epoch * 10 + step);
        if (steps.length === 1) held = new Promise((resolve) => (go = resolve));
      },
      onCheckpoint: (state) => Promise.resolve(void states.push(state)),
    });
    await expect.poll(() => states.length, { timeout: 60_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(steps).toHaveLength(states[0]?.progress.step ?? NaN); // no step since
    held = undefined;
    go();
    const { state } = await run;
    expect(steps).toHaveLength(6); // two epochs of three
    expect(differing(state, (await train(settings)).state)).toEqual([]);
  });

  it('keeps the last checkpoint where something fails, and makes none of a diverged model', async () => {
    const states: TrainingState[] = [];
    const settings = { ...plain, tune: 'head' };
    const run = train(settings, {
      checkpointSeconds: 0,
      onCheckpoint: (state) => Promise.resolve(void states.push(state)),
      onStep: ({ epoch, step }) => {
        if (epoch === 2 && step === 2) throw new Error('the device is gone');
      },
    });
    await expect(run).rejects.toThrow('the device is gone');
    expect(states.at(-1)?.progress).toMatchObject({ epoch: 2, step: 1 });
    const resumed = await train(settings, { resume: states.at(-1) });
    expect(differing(resumed.state, (await train(settings)).state)).toEqual([]);
  });

  it('makes a checkpoint at the end alone where no time passes', async () => {
    const states: TrainingState[] = [];
    await train(
      { ...plain, tune: 'head' },
      { checkpointSeconds: 1e9, onCheckpoint: (state) => Promise.resolve(void states.push(state)) },
    );
    expect(states.map(({ progress }) => [progress.phase, progress.epoch])).toEqual([[1, 3]]);
    expect(states[0]?.optimizer?.steps).toBe(6); // two epochs of 20 images at 8 a step
  });

  it('refuses a state of other settings', async () => {
    let last: TrainingState | undefined;
    const onCheckpoint = (state: TrainingState) => Promise.resolve(void (last = state));
    const controller = new AbortController();
    const { signal } = controller;
    const head = { ...plain, tune: 'head' };
    await train(head, { signal, onStep: () => controller.abort(), onCheckpoint });
    const resume = last;
    await expect(train({ ...head, optimizer: 'sgd' }, { resume })).rejects.toThrow(
      /The checkpoint does not fit these settings.*another optimizer/,
    );
    await expect(train({ ...plain, tune: 'layer4' }, { resume })).rejects.toThrow(
      /The checkpoint does not fit these settings.*were others trained/,
    );
  });
});
