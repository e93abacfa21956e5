/** A trained network that answers about photos, wherever it runs: what a photo is, and how it is read, a platform says. */
import { ImageError, transformedSize, type DecodeResult, type Transform } from '../data/index.ts';
import { classifyImages, type Classifier } from '../run/model/classifier.ts';
import { rankedClasses, type PhotoPrediction } from '../run/predict.ts';
import type { Familiarity } from '../train/index.ts';
import type { Network } from '../nn/index.ts';

/** What is asked of a model beside its answer. */
export interface PredictOptions {
  /** How many classes to name, the likeliest first; by default 1, and 5 of a network as others published it. */
  readonly top?: number | undefined;
}

/** What is said of one of several photos: an answer, or why it could not be read ("is truncated: …"). */
export type PhotoAnswer<Photo> =
  | (PhotoPrediction & { readonly photo: Photo; readonly reason?: undefined })
  | {
      readonly photo: Photo;
      readonly ranked: readonly [];
      readonly shares?: undefined;
      readonly reason: string;
    };

/** Reads a photo and brings it to the size that the network sees. */
export type ReadPhoto<Photo> = (photo: Photo, transform: Transform) => Promise<DecodeResult>;

/** Photos that go through the network together. */
const BATCH = 16;

/**
 * A trained network with its classes and with how it is shown photos; `loadModel` of `graft/node` and `graft/web` opens one.
 *
 * ```ts
 * const model = await loadModel('runs/photos');
 * model.classes; // → ['animal', 'food']
 * for await (const { photo, ranked } of model.predictAll(['pizza.png']))
 *   `${photo}: ${ranked[0]?.class}`; // → 'pizza.png: food'
 * model.dispose();
 * ```
 */
export class Model<Photo> {
  /** The classes' names, by the index of their logits. */
  readonly classes: readonly string[];
  /** The network itself: `forward` takes normalised images [N, height, width, 3]. */
  readonly network: Network;
  /** What the network sees, in pixels. */
  readonly width: number;
  readonly height: number;

  /** `loadModel` calls it. */
  constructor(
    private readonly classifier: Classifier,
    private readonly read: ReadPhoto<Photo>,
    private readonly familiarityOf: (features: Float32Array) => Familiarity | undefined = () => undefined,
  ) {
    const { classes, model, transform } = classifier;
    this.classes = classes;
    this.network = model;
    ({ width: this.width, height: this.height } = transformedSize(transform));
  }

  /** The classes of a photo, the likeliest first. Rejects with `ImageError` where it cannot be read. */
  async predict(photo: Photo, options: PredictOptions = {}): Promise<PhotoPrediction> {
    for await (const { photo: _, ...answer } of this.predictAll([photo], options)) {
      if (answer.reason === undefined) return answer;
      const name = typeof photo === 'string' ? photo : 'The photo';
      throw new ImageError(`${name} ${answer.reason}.`);
    }
    throw new RangeError('predict takes one photo.');
  }

  /** One answer a photo, in their order; however many there are, only a few are in memory. A photo that cannot be read ends nothing. */
  async *predictAll(
    photos: Iterable<Photo> | AsyncIterable<Photo>,
    { top }: PredictOptions = {},
  ): AsyncGenerator<PhotoAnswer<Photo>> {
    let batch: Photo[] = [];
    for await (const photo of photos) {
      batch.push(photo);
      if (batch.length < BATCH) continue;
      yield* await this.answer(batch, top);
      batch = [];
    }
    if (batch.length > 0) yield* await this.answer(batch, top);
  }

  /** Frees the network's memory on the GPU; the model is of no use after. */
  dispose(): void {
    this.network.dispose();
  }

  private async answer(photos: readonly Photo[], top: number | undefined): Promise<PhotoAnswer<Photo>[]> {
    const { classifier } = this;
    const results = await Promise.all(photos.map((photo) => this.read(photo, classifier.transform)));
    const images = results.flatMap((result) => (result.ok ? [result.image] : []));
    const answers = (await classifyImages(classifier, images)).values();
    return photos.map((photo, i): PhotoAnswer<Photo> => {
      const result = results[i];
      if (!result?.ok) return { photo, ranked: [], reason: result?.reason ?? 'was not read' };
      const answer = answers.next();
      if (answer.done) throw new Error('There are fewer answers than photos.'); // never: one an image
      const { shares, features } = answer.value;
      const ranked = rankedClasses(classifier, shares, top);
      return { photo, ranked, shares, familiarity: this.familiarityOf(features) };
    });
  }
}
