/**
 * What training and the search for a learning rate begin with: a device, a config, photos that were found and a network
 * with a fresh head. Everything that a user can get wrong shows here, before thousands of photos are read.
 */
import type { Gpu } from '../gpu/index.ts';
import { networks, type NetworkName } from '../networks/index.ts';
import type { Network } from '../nn/index.ts';
import {
  chooseStrategy,
  decodeCard,
  loadNetwork,
  loadWithFreshHead,
  modelTensors,
  outputsFor,
  settingDefaults,
  usesBatchStatistics,
  type ModelCard,
  type TrainConfig,
} from '../train/index.ts';
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import { normalisationNotes } from './model/preparation.ts';
import { learnedSize } from './model/learned-size.ts';
import { loadPretrained, type Pretrained } from './model/pretrained.ts';
import { checkClasses, factsOf, findPhotos, type FoundPhotos } from './photos.ts';
import { divisionFor } from './settings.ts';

export interface Session {
  readonly gpu: Gpu;
  /** The adapter for people. */
  readonly device: string;
  readonly config: TrainConfig;
  /** Why the config is as it is, in sentences without a full stop; empty for a resumed run. */
  readonly reasons: readonly string[];
  readonly photos: FoundPhotos;
  readonly model: Network;
  readonly architecture: NetworkName;
}

/**
 * Prepares a run from what the user has decided: finds photos, chooses the rest by them, and puts a fresh head on pretrained weights.
 * Throws an error that says what is wrong with any of these; the signal's reason if it is aborted.
 */
export async function openSession(
  host: RunHost,
  given: Partial<TrainConfig>,
  controls: RunControls,
): Promise<Session> {
  const wanted = { weights: settingDefaults.weights, ...given };
  const photos = await findPhotos(host, wanted.data ?? null, divisionFor(wanted));
  const { classes } = photos.folder;
  const facts = await factsOf(host, photos, wanted);
  const { weights: name, data, seed, loss } = chooseStrategy(wanted, facts).config;
  checkClasses(classes, loss);
  const weights = await loadPretrained(host, name, data === null, controls);
  const { gpu, name: device } = await host.openGpu();
  const { model, architecture, notes: read } = await startFrom(gpu, weights, { classes, loss, seed });
  const notes = [...read, ...normalisationNotes(weights.preparation ?? {})];
  if (notes.length > 0) controls.tell({ kind: 'weights', source: weights.source, notes });
  // What is trained is said in the words of the network, which is known only now.
  const known = { ...facts, learnedSize: learnedSize(weights) };
  const { config: chosen, reasons } = chooseStrategy(wanted, known, networks[architecture].stages);
  // The other decoders read all of a photo, and a run says what was done: then any of them can go on with it.
  const shrinkFrom = photos.decoder === 'sharp' ? chosen.shrinkFrom : null;
  const config = { ...chosen, weights: weights.name, shrinkFrom };
  try {
    checkBatch(model, config);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { gpu, device, config, reasons, photos, model, architecture };
}

/** The network to begin with: with a fresh head, or with that of a run whose classes are the same. */
export async function startFrom(
  gpu: Gpu,
  { tensors, ...weights }: Pretrained,
  { classes, loss, seed }: Pick<TrainConfig, 'loss' | 'seed'> & Pick<ModelCard, 'classes'>,
): ReturnType<typeof loadWithFreshHead> {
  const { source } = weights;
  const file = { ...weights, tensors: weights.isRuns ? modelTensors(tensors) : tensors };
  const card = weights.isRuns ? decodeCard(weights.metadata, source) : undefined;
  const isSame = card?.loss === loss && card.classes.map(nfc).join('/') === classes.join('/');
  if (isSame) {
    const { model, architecture, notes } = await loadNetwork(gpu, file, source);
    model.train();
    return { model, architecture, notes: [...notes, 'its head is kept, as the classes are the same'] };
  }
  const loaded = await loadWithFreshHead(gpu, file, { source, outputs: outputsFor({ classes, loss }), seed });
  const why = 'its head is made anew, as the classes are others';
  return weights.isRuns ? { ...loaded, notes: [...loaded.notes, why] } : loaded;
}

const nfc = (name: string): string => name.normalize('NFC');

/** Throws `RunError` where batch norm would normalise each photo by itself, and `TrainingError` for parts that the network has not. */
function checkBatch(model: Network, { tune, bn, batchSize }: TrainConfig): void {
  if (!usesBatchStatistics(model, tune, bn) || batchSize > 1) return;
  throw new RunError(
    'Batches of one photo give batch norm no statistics to learn by: it would normalise each photo by itself.',
    { kind: 'batch-of-one', isFrozen: bn === 'batch' },
  );
}

/** Gives back what a session took: a page begins one after the other on one device. */
export function release({ gpu, model }: Session): void {
  gpu.onCompile = undefined;
  model.dispose();
}
