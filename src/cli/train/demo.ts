// The default run, for people who have no photos at hand: animal or food? It learns from one company's drawings and is
// judged by another's. Beside it stands the same run from random weights, which shows what a trained network is worth.
import type { Dataset } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { defaultNetwork, networks, type NetworkName } from '../../networks/index.ts';
import { createRandom } from '../../random.ts';
import {
  fineTune,
  InputSource,
  outputsFor,
  type EpochEvent,
  type Metrics,
  type TrainConfig,
} from '../../train/index.ts';
import { colours as pc } from '../terminal/colours.ts';
import { count, heading, percent, table } from '../terminal/format.ts';
import type { StopSignal } from '../terminal/interrupt.ts';
import { typed } from '../terminal/invocation.ts';
import { CountDisplay } from '../terminal/progress.ts';
import type { RunOutcome } from './run.ts';
import type { Session } from './session.ts';

/** What the default run is, where its user sets nothing else: drawings of 64 pixels, and few of them. */
export const demoDefaults: Partial<TrainConfig> = { data: null, size: 64, epochs: 40 };

/** Repeats the run from random weights and prints both results. */
export async function compareWithRandom(
  { gpu, config, architecture }: Session,
  data: Dataset,
  { best }: RunOutcome,
  { signal }: StopSignal,
): Promise<void> {
  if (!best) return;
  const counting = new CountDisplay('The same from random weights, epoch');
  const random = await trainFromRandom(gpu, data, config, {
    architecture,
    signal,
    onEpoch: ({ epoch }) => counting.update(epoch, config.epochs),
  });
  counting.clear();
  if (!random) return;
  const isShipped = config.weights.endsWith('resnet18-emoji.safetensors');
  const start = isShipped ? "graft's own weights" : `ImageNet weights (${config.weights})`;
  printDemo(
    [
      { start, valid: best.valid },
      { start: 'random weights', valid: random },
    ],
    typed('train'),
  );
}

/** Keeps these weights' random stream apart from those of head, order and augmentation. */
const WEIGHTS_STREAM = 0xde30;

export interface RandomRunOptions {
  /** The default one where nothing else is said. */
  readonly architecture?: NetworkName | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEpoch?: ((epoch: EpochEvent) => void) | undefined;
}

/**
 * Trains a network that knows nothing exactly as `config` says, on the same images, and gives its best validation
 * result; undefined where the signal stopped it first. Throws as `fineTune` does.
 */
export async function trainFromRandom(
  gpu: Gpu,
  data: Dataset,
  config: TrainConfig,
  { architecture = defaultNetwork, signal, onEpoch }: RandomRunOptions = {},
): Promise<Metrics | undefined> {
  const outputs = outputsFor({ classes: data.classes, loss: config.loss });
  const model = networks[architecture].create(gpu, outputs);
  model.initialise(createRandom(config.seed, WEIGHTS_STREAM));
  const source = new InputSource(model, data, config, { signal });
  try {
    const inputs = (phase: Parameters<typeof source.forPhase>[0]) => source.forPhase(phase);
    const { best, stopped } = await fineTune(model, inputs, config, { signal, onEpoch });
    return stopped ? undefined : best?.valid;
  } finally {
    source.dispose();
    model.dispose();
  }
}

/** What a run started from, in words ("ImageNet weights"), and its best validation result. */
export interface DemoResult {
  readonly start: string;
  readonly valid: Metrics;
}

/**
 * Prints the results side by side, and what to type for photos of one's own; `train` is how the command is typed here
 * ("npm run train --").
 */
export function printDemo(results: readonly DemoResult[], train: string): void {
  const judged = results[0]?.valid.count ?? 0;
  console.log();
  heading('compared', `animal or food? ${count(judged)} drawings in a style that was never trained on`);
  const rows = results.map(({ start, valid }) => [start, percent(valid.accuracy), valid.loss.toFixed(2)]);
  table([['starting from', 'right', 'loss'], ...rows]).forEach((line, i) =>
    console.log(`  ${i === 0 ? pc.dim(line) : line}`),
  );
  console.log(
    [
      '\nNow with photos of your own, a folder for each class:',
      '  photos/cats/*.jpg',
      '  photos/dogs/*.jpg',
      `  ${train} --data photos`,
    ].join('\n'),
  );
}
