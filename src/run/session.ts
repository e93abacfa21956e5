/**
 * What training and the search for a learning rate begin with: a device, a config, photos that were found and a network
 * with a fresh head. All that a user can get wrong shows here, before thousands of photos are read.
 */
import type { Gpu } from '../gpu/index.ts';
import type { ResNet } from '../nn/index.ts';
import {
  chooseStrategy,
  graftModel,
  outputsFor,
  settingDefaults,
  type Architecture,
  type TrainConfig,
} from '../train/index.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import { loadPretrained } from './model/pretrained.ts';
import { checkClasses, factsOf, findPhotos, type FoundPhotos } from './photos.ts';
import { divisionFor } from './settings.ts';

export interface Session {
  readonly gpu: Gpu;
  /** The adapter for people. */
  readonly device: string;
  readonly config: TrainConfig;
  /** Why the config is as it is, sentences without an end mark; none for a run that is resumed. */
  readonly reasons: readonly string[];
  readonly photos: FoundPhotos;
  readonly model: ResNet;
  readonly architecture: Architecture;
}

/**
 * Begins what the user has decided: finds photos, chooses the rest by them, and puts a fresh head onto pretrained weights.
 * Throws what says what is wrong with any of these; the signal's reason where that is aborted.
 */
export async function openSession(
  host: RunHost,
  given: Partial<TrainConfig>,
  controls: RunControls,
): Promise<Session> {
  const wanted = { weights: settingDefaults.weights, ...given };
  const photos = await findPhotos(host, wanted.data ?? null, divisionFor(wanted));
  const { classes } = photos.folder;
  const { config, reasons } = chooseStrategy(wanted, factsOf(photos));
  const { seed, loss } = config;
  checkClasses(classes, loss);
  const weights = await loadPretrained(host, config.weights, config.data === null, controls);
  const { gpu, name: device } = await host.openGpu();
  const grafting = { source: weights.source, outputs: outputsFor({ classes, loss }), seed };
  const { model, architecture } = graftModel(gpu, weights, grafting);
  return { gpu, device, config: { ...config, weights: weights.name }, reasons, photos, model, architecture };
}
