/** The search for a learning rate on a user's photos: what a run would train, at rates that rise. */
import {
  findLearningRate,
  InputSource,
  type RateSearch,
  type RateSearchOptions,
  type TrainConfig,
} from '../train/index.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import { readPhotos } from './photos.ts';
import { openSession, release } from './session.ts';

/**
 * Searches with the photos, network and settings of a run that `given` would start. Throws as `train` does before training,
 * and as `findLearningRate`.
 */
export async function searchLearningRate(
  host: RunHost,
  given: Partial<TrainConfig>,
  range: Pick<RateSearchOptions, 'from' | 'to' | 'steps'>,
  controls: RunControls,
): Promise<RateSearch> {
  const { tell, signal } = controls;
  const session = await openSession(host, given, controls);
  let source: InputSource | undefined;
  try {
    const { gpu, device, model, config, photos, reasons } = session;
    const data = await readPhotos(host, photos, config, controls);
    tell({ kind: 'device', name: device });
    tell({ kind: 'photos', dir: photos.dir, data, notes: photos.folder.notes });
    tell({ kind: 'chosen', config, reasons });
    gpu.onCompile = (done, total) => tell({ kind: 'compiling', done, total });
    const inputs = new InputSource(model, data, config, { signal });
    source = inputs;
    const training = async () => (await inputs.forPhase({ epochs: config.epochs })).train;
    return await findLearningRate(model, training, config, {
      ...{ ...range, signal },
      onPoint: (_, done, total) => tell({ kind: 'searching', done, total }),
    });
  } finally {
    source?.dispose();
    release(session);
  }
}
