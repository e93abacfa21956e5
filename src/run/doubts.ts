/** Which labels of training photos are doubtful: what a head on the best model's features says to each that has not learned from it. */
import { createRandom } from '../random.ts';
import { permutation } from '../data/index.ts';
import type { Network } from '../nn/index.ts';
import { likeliest } from '../report/index.ts';
import { featuresOf, leaveOneOut, trunkIsFixed, type Inputs, type TrainConfig } from '../train/index.ts';
import type { Answers } from './judgement.ts';

/** Of more photos some are looked at: for these the answers take seconds. Those of a trunk that was trained have to run through all of it. */
const MOST_LOOKED_AT = { fixed: 4000, trained: 1000 } as const;
/** Keeps the choice of photos apart from the random draws of training. */
const STREAM = 0xfa3;

export interface Doubts extends Answers {
  /** Of the photos, the one whose label is least likely first. */
  readonly indices: readonly number[];
}

/**
 * The answers to training photos as they are without augmentation, in the mode and with the weights that `model` has. Where a part of the
 * trunk was trained it has seen these labels itself, and believes them more than it should. None for fewer than three photos.
 */
export async function doubtsOf(
  model: Network,
  train: Inputs,
  classes: number,
  { seed, batchSize }: Pick<TrainConfig, 'seed' | 'batchSize'>,
): Promise<Doubts> {
  const most = MOST_LOOKED_AT[trunkIsFixed(model) ? 'fixed' : 'trained'];
  const some = permutation(train.count, createRandom(seed, STREAM)).slice(0, most).sort();
  const features = await featuresOf(model, train, some, { batchSize });
  const labels = Array.from(some, (index) => train.labels[index] ?? -1);
  const rows = leaveOneOut({ features, width: model.featureCount, labels, classes }) ?? [];
  const likely = (i: number) => rows[i]?.[labels[i] ?? -1] ?? NaN;
  const order = [...rows.keys()].sort((a, b) => likely(a) - likely(b) || a - b);
  const predicted = order.map((i) => likeliest(rows[i] ?? []) ?? -1);
  return {
    indices: order.map((i) => some[i] ?? -1),
    actual: order.map((i) => labels[i] ?? -1),
    predicted,
    confidence: order.map((i, at) => rows[i]?.[predicted[at] ?? -1] ?? NaN),
  };
}
