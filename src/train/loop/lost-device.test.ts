/** A device that is lost in the middle of a run: one of its own, as other files of the process go on with theirs. */
import { expect, it } from 'vitest';
import { secondDevice, testAdapter } from '../../../test/support/gpu.ts';
import { Gpu } from '../../gpu/index.ts';
import { waiterFor } from '../../platform/node/index.ts';
import { readWeights } from '../../weights/index.ts';
import type { ModelCard } from '../files/checkpoint.ts';
import { fineTune } from './fine-tune.ts';
import { InputSource } from '../inputs/run-inputs.ts';
import { decodeTrainingState, encodeTrainingState } from '../files/state.ts';
import { colouredNoise, smallModel, testSettings } from '../testing.ts';

it('leaves the last checkpoint, which can be read', async () => {
  const { choice } = await testAdapter();
  const gpu = new Gpu(await secondDevice(), { wait: waiterFor(choice) });
  const settings = { ...testSettings, tune: 'head', size: 32, augment: 'standard', views: 0 } as const;
  const sets = { train: colouredNoise(16, 38, 1), valid: colouredNoise(4, 32, 2) };
  const model = smallModel(gpu);
  const source = new InputSource(model, sets, settings);
  const card: ModelCard = {
    ...{ architecture: 'resnet18', classes: ['reddish', 'bluish'], loss: 'cross-entropy', graft: '0' },
    transform: { kind: 'resize', width: 32, height: 32 },
  };
  let file: Uint8Array | undefined;
  const run = fineTune(model, (phase) => source.forPhase(phase), settings, {
    checkpointSeconds: 0,
    onCheckpoint: (state) => Promise.resolve(void (file = encodeTrainingState(state, card))),
    onStep: ({ epoch }) => {
      if (epoch === 2) gpu.destroy();
    },
  });
  await expect(run).rejects.toMatchObject({ name: 'DeviceLostError' });
  const { progress } = decodeTrainingState(readWeights(file!, 'last'), 'last'); // epoch 1 has ended
  expect(progress.history).toHaveLength(1);
});
