/** A run with dropout goes on to the same bits from the middle of an epoch: what is dropped follows from the seed and the step. */
import { beforeAll, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { Tensor } from '../../autograd/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { networks } from '../../networks/index.ts';
import type { Network } from '../../nn/index.ts';
import { createRandom } from '../../random.ts';
import type { TrainingState } from '../files/state.ts';
import { InputSource } from '../inputs/run-inputs.ts';
import { colouredNoise, differing, testSettings } from '../testing.ts';
import { fineTune, type FineTuneOptions } from './fine-tune.ts';

const SIZE = 32;
const sets = { train: colouredNoise(20, SIZE, 1), valid: colouredNoise(4, SIZE, 2) };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  await networks.mobilenet_v3_small.ready();
});

function build(): Network {
  const model = networks.mobilenet_v3_small.create(gpu, 2);
  model.initialise(createRandom(1));
  return model;
}

async function train(changes: Partial<typeof testSettings>, options: FineTuneOptions = {}) {
  const settings = { ...testSettings, size: SIZE, augment: 'none', views: 1, ...changes } as const;
  const model = build();
  const source = new InputSource(model, sets, settings);
  try {
    const result = await fineTune(model, (phase) => source.forPhase(phase), settings, options);
    return { ...result, state: await model.stateDict() };
  } finally {
    source.dispose();
    model.dispose();
  }
}

it.each([
  ['the head on features', { tune: 'head', batchSize: 4, accumulate: 2 }],
  ['the last stage', { tune: 'stage4' }],
])('ends in the same bits where it was stopped within an epoch: %s', async (_, changes) => {
  const whole = await train(changes);
  const controller = new AbortController();
  let last: TrainingState | undefined;
  const { stopped } = await train(changes, {
    signal: controller.signal,
    onStep: () => controller.abort(),
    onCheckpoint: (state) => Promise.resolve(void (last = state)),
  });
  expect(stopped).toBe(true);
  expect(last?.progress.step).toBeGreaterThan(0);
  const resumed = await train(changes, { resume: last });
  expect(differing(resumed.state, whole.state)).toEqual([]);
  // Another seed drops others, and shows the photos in another order.
  const other = await train({ ...changes, seed: 4 });
  expect(differing(other.state, whole.state)).toContain('classifier.3.weight');
});

it('drops features before the head in training alone, the same from the same key', async () => {
  const model = build();
  const features = () => new Tensor(gpu, [2, 1024], gpu.upload(new Float32Array(2048).fill(1)));
  const drawn = (key: readonly number[]) => {
    model.drawFrom(key);
    return gpu.scope(() => model.logits(features()).read());
  };
  const [first, other, again] = [await drawn([1, 2]), await drawn([1, 3]), await drawn([1, 2])];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  model.eval();
  expect(await drawn([1, 2])).toEqual(await gpu.scope(() => model.head.forward(features()).read()));
  model.dispose();
});
