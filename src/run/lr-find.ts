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
import { readPhotos, type ReadPhotos } from './photos.ts';
import { openSession, release } from './session.ts';
import type { RunExtras } from './training.ts';

/**
 * Searches with the photos, network and settings of a run that `given` would start. Throws as `train` does before training,
 * and as `findLearningRate`.
 */
export async function searchLearningRate(
  host: RunHost,
  given: Partial<TrainConfig>,
  {
    photoBudgetBytes,
    ...range
  }: Pick<RateSearchOptions, 'from' | 'to' | 'steps'> & Pick<RunExtras, 'photoBudgetBytes'>,
  controls: RunControls,
): Promise<RateSearch> {
  const { tell, signal } = controls;
  const session = await openSession(host, given, controls);
  let source: InputSource | undefined;
  let data: ReadPhotos | undefined;
  try {
    const { gpu, device, model, config, photos, reasons } = session;
    data = await readPhotos(host, photos, config, controls, { memoryBytes: photoBudgetBytes });
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
    await data?.close();
  }
}
