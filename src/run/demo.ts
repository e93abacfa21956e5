/**
 * The default run, for people who have no photos at hand: animal or food? It learns from one company's drawings and is
 * judged by another's. The same run from random weights follows, which shows what a trained network is worth.
 */
import type { Dataset } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { networks, type NetworkName } from '../networks/index.ts';
import { createRandom } from '../random.ts';
import {
  fineTune,
  InputSource,
  outputsFor,
  type EpochEvent,
  type FineTuneResult,
  type Metrics,
  type TrainConfig,
} from '../train/index.ts';
import type { RunControls } from './events.ts';
import type { WeightsSource } from './host.ts';
import type { Session } from './session.ts';

/** Repeats the run from random weights and tells both results. */
export async function compareWithRandom(
  { gpu, config, architecture }: Session,
  data: Dataset,
  best: FineTuneResult['best'],
  { shipped }: Pick<WeightsSource, 'shipped'>,
  { tell, signal }: RunControls,
): Promise<void> {
  if (!best) return;
  const random = await trainFromRandom(gpu, architecture, data, config, {
    signal,
    onEpoch: ({ epoch }) => tell({ kind: 'comparing', epoch, epochs: config.epochs }),
  });
  if (!random) return;
  const { weights } = config;
  tell({
    kind: 'compared',
    results: [
      { weights, isShipped: weights === shipped, valid: best.valid },
      { weights: null, isShipped: false, valid: random },
    ],
  });
}

/** Keeps the random stream of these weights apart from those of the head, the order and the augmentation. */
const WEIGHTS_STREAM = 0xde30;

export interface RandomRunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEpoch?: ((epoch: EpochEvent) => void) | undefined;
}

/**
 * Trains a network with random weights exactly as `config` says, on the same images, and returns its best validation
 * result; undefined if the signal stopped it first. Throws as `fineTune` does.
 */
export async function trainFromRandom(
  gpu: Gpu,
  architecture: NetworkName,
  data: Dataset,
  config: TrainConfig,
  { signal, onEpoch }: RandomRunOptions = {},
): Promise<Metrics | undefined> {
  const outputs = outputsFor({ classes: data.classes, loss: config.loss });
  const model = networks[architecture].create(gpu, outputs);
  model.initialise(createRandom(config.seed, WEIGHTS_STREAM));
  const source = new InputSource(model, data, config, { signal });
  try {
    const { best, stopped } = await fineTune(model, (phase) => source.forPhase(phase), config, {
      signal,
      onEpoch,
    });
    return stopped ? undefined : best?.valid;
  } finally {
    source.dispose();
    model.dispose();
  }
}
