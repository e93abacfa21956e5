// What the run on the drawings that come with graft shows at its end: what the pretrained network was worth.
import type { Dataset } from '../data/index.ts';
import { printDemo, trainFromRandom } from './demo.ts';
import type { StopSignal } from './interrupt.ts';
import { typed } from './invocation.ts';
import { CountDisplay } from './progress.ts';
import type { RunOutcome } from './train-run.ts';
import type { Session } from './train-session.ts';

/** Repeats the run from random weights and prints both results. */
export async function compareWithRandom(
  { gpu, config }: Session,
  data: Dataset,
  { best }: RunOutcome,
  { signal }: StopSignal,
): Promise<void> {
  if (!best) return;
  const counting = new CountDisplay('The same from random weights, epoch');
  const random = await trainFromRandom(gpu, data, config, {
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
