import { expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { resnet18 } from '../../networks/index.ts';
import { createRandom } from '../../random.ts';
import type { TrainConfig } from '../settings/config.ts';
import { fineTune } from '../loop/fine-tune.ts';
import { rehearse } from './rehearsal.ts';
import { InputSource } from '../inputs/run-inputs.ts';
import { colouredNoise, testSettings } from '../testing.ts';

const SIZE = 32;
const ROOM = Math.round((SIZE * 150) / 128); // training photos are that much larger than the crop

it.each(['head', 'all'])('compiles all that a run of %s needs, and leaves nothing behind', async (tune) => {
  const gpu = await testGpu();
  const compiled: string[] = [];
  gpu.onCompile = (done, total) => compiled.push(`${done}/${total}`);
  const config: TrainConfig = {
    ...testSettings,
    ...{
      data: null,
      weights: 'none',
      recipe: 'default',
      size: SIZE,
      augment: 'standard',
      views: 2,
      validFraction: 0.2,
      labels: null,
      labelsFromNames: false,
      shrinkFrom: null,
    },
    tune,
    epochs: 1,
  };
  const before = gpu.statistics;
  await rehearse(gpu, 'resnet18', 2, config);
  expect(compiled.length).toBeGreaterThan(0);
  expect(gpu.statistics).toEqual(before);

  const heard = compiled.length;
  const model = resnet18(gpu, 2);
  model.initialise(createRandom(1));
  const sets = { train: colouredNoise(16, ROOM, 1), valid: colouredNoise(8, SIZE, 2) };
  const source = new InputSource(model, sets, config);
  await fineTune(model, (phase) => source.forPhase(phase), config);
  expect(compiled.slice(heard)).toEqual([]);
  source.dispose();
  model.dispose();
});
