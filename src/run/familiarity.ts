/** What a run keeps to tell photos that are unlike those that it learned from: gathered while its best model is judged. */
import type { Network } from '../nn/index.ts';
import { createRandom } from '../random.ts';
import { permutation } from '../data/index.ts';
import {
  distanceFrom,
  featuresOf,
  MOST_COMPARED,
  MOST_KNOWN,
  unitRows,
  type KnownPhotos,
  type RunInputs,
  type TrainConfig,
} from '../train/index.ts';

/** Keeps the choice of photos apart from the random draws of training. */
const [KNOWN_STREAM, COMPARED_STREAM] = [0xfa1, 0xfa2];

/** Training photos that are known, and validation photos as they are compared with them. */
export class Acquaintance {
  private readonly distances: number[] = [];
  private next = 0;

  private constructor(
    private readonly rows: Float32Array,
    private readonly width: number,
    private readonly compared: ReadonlySet<number>,
  ) {}

  /** Gets to know some of the training photos, in whose order nothing lies; of `valid` others some will be compared. */
  static async with(
    model: Network,
    train: RunInputs['train'],
    valid: number,
    { seed, batchSize }: Pick<TrainConfig, 'seed' | 'batchSize'>,
  ): Promise<Acquaintance> {
    const some = (count: number, most: number, stream: number) =>
      permutation(count, createRandom(seed, stream)).slice(0, most).sort();
    const indices = Uint32Array.from(some(train.count, MOST_KNOWN, KNOWN_STREAM));
    const features = await featuresOf(model, train, indices, { batchSize });
    const { featureCount: width } = model;
    return new Acquaintance(
      unitRows(features, width),
      width,
      new Set(some(valid, MOST_COMPARED, COMPARED_STREAM)),
    );
  }

  /** Takes the next validation photos' features [N, width]. */
  compare(features: Float32Array): void {
    const { rows, width } = this;
    for (let from = 0; from < features.length; from += width)
      if (this.compared.has(this.next++))
        this.distances.push(distanceFrom({ rows, width }, features.subarray(from, from + width)));
  }

  known(): KnownPhotos {
    const { rows, width, distances } = this;
    return { rows, width, distances: Float32Array.from(distances).sort() };
  }
}
