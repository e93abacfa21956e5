/**
 * Photos that go through a fixed trunk as they come out of the decoder: their features are kept, and the photos need not be. While one
 * batch is computed the next is decoded, and whoever decodes waits where the trunk is the slower of the two.
 */
import type { ImageSet } from '../../data/index.ts';
import { Tensor } from '../../autograd/index.ts';
import type { Network } from '../../nn/index.ts';
import { FeatureRows } from './feature-rows.ts';
import type { FeatureNames, FeatureStore, Look } from './feature-store.ts';
import { keptFeatures, type FeatureInputs, type FeatureOptions } from './features.ts';
import { imageInputs, type Inputs } from './inputs.ts';

export interface FeatureStreamOptions extends Omit<FeatureOptions, 'signal' | 'onProgress'> {
  /** The size in pixels of the photos. */
  readonly height: number;
  readonly width: number;
  /** As many photos come at the most: some may turn out not to be readable. */
  readonly most: number;
  /** Where features are from earlier runs, and for later ones. */
  readonly earlier?: EarlierFeatures | undefined;
}

export interface EarlierFeatures {
  readonly store: FeatureStore;
  readonly names: FeatureNames;
}

/** Batches that may be under way: one is computed, one is recorded behind it. */
const UNDER_WAY = 2;

/** One set's photos, in their order. The model must be in evaluation mode until `end`, or `dispose`, has resolved. */
export class FeatureStream {
  private readonly rows: FeatureRows;
  private readonly looks: readonly [plain: Inputs, augmented: Inputs];
  private batch: Uint8Array[] = [];
  /** Photos of the batches that were started. */
  private started = 0;
  private readonly pending: Promise<unknown>[] = [];
  /** Photos of which an earlier run had computed all features. */
  private found = 0;
  private lastEnd = 0;
  private seconds = 0;

  constructor(
    private readonly model: Network,
    private readonly options: FeatureStreamOptions,
  ) {
    const { most, views = 1, size, augment = 'none', seed = 0, height, width } = options;
    this.rows = new FeatureRows(model.gpu, Math.max(1, most * views), model.featureCount);
    const window: ImageSet = {
      ...{ count: most, height, width, labels: new Int32Array(), paths: [] },
      image: (index) => this.batch[index - this.started] ?? new Uint8Array(),
    };
    this.looks = [
      imageInputs(model, window, { size, augment: 'none', seed }),
      imageInputs(model, window, { size, augment, seed }),
    ];
  }

  /** Takes the next photo [height, width, 3]; resolves when another may come. Rejects with what went wrong on the GPU. */
  async push(photo: Uint8Array): Promise<void> {
    this.batch.push(photo);
    if (this.batch.length === this.options.batchSize) await this.flush();
  }

  /** The features of all photos, whose classes these are. They stay until the inputs, or the stream, are disposed of. */
  async end(labels: Int32Array): Promise<FeatureInputs> {
    if (this.batch.length > 0) await this.flush();
    await this.settle(0);
    const { views = 1, most } = this.options;
    const secondsPerView = this.seconds / views;
    const inputs = keptFeatures(this.model, this.rows, { stride: most, labels, views, secondsPerView });
    return { ...inputs, found: this.found };
  }

  /** Waits for what is under way, and frees the features. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.pending);
    this.rows.dispose();
  }

  private async flush(): Promise<void> {
    const { batch } = this;
    const { views = 1 } = this.options;
    let isFound = true;
    for (let view = 0; view < views; view++) {
      const name = this.nameOf(view);
      const earlier = name === undefined ? undefined : await this.earlier(name);
      isFound &&= earlier !== undefined;
      const start = performance.now();
      const done = earlier ? this.take(earlier, view) : this.compute(view, name);
      const counted = done.then(() => {
        const now = performance.now();
        this.seconds += (now - Math.max(start, this.lastEnd)) / 1000;
        this.lastEnd = now;
      });
      counted.catch(() => undefined); // thrown where it is awaited
      this.pending.push(counted);
      await this.settle(UNDER_WAY - 1);
    }
    if (isFound) this.found += batch.length;
    this.started += batch.length;
    this.batch = [];
  }

  /** Under which the features of a look at the batch are kept; undefined where none are. */
  private nameOf(view: number): string | undefined {
    const { size, height, width, augment = 'none', seed = 0, earlier } = this.options;
    const draw = view === 0 ? {} : { draw: { augment, seed, view, first: this.started } };
    const look: Look = { size, height, width, ...draw };
    return earlier?.names.of(this.batch, look);
  }

  private async earlier(name: string): Promise<Float32Array<ArrayBuffer> | undefined> {
    const found = await this.options.earlier?.store.find(name);
    return found?.length === this.batch.length * this.model.featureCount ? found : undefined;
  }

  /** Resolves when features that were computed before have arrived on the GPU. */
  private take(features: Float32Array<ArrayBuffer>, view: number): Promise<unknown> {
    const { gpu, featureCount } = this.model;
    return gpu.scope(() => {
      const storage = gpu.upload(features, 'features');
      const shape = [features.length / featureCount, featureCount];
      this.rows.write(view * this.options.most + this.started, new Tensor(gpu, shape, storage));
      return gpu.read(storage.slice(0, 4));
    });
  }

  /** Resolves when the features of a look at the batch are computed and, under the name, kept. */
  private async compute(view: number, name: string | undefined): Promise<void> {
    const { model, rows, looks, started, batch } = this;
    const { most, earlier } = this.options;
    const { gpu } = model;
    const indices = Uint32Array.from(batch, (_, i) => started + i);
    const read = await gpu.scope(() => {
      const features = looks[view === 0 ? 0 : 1].features(indices, view);
      rows.write(view * most + started, features);
      // Where none are kept, it waits for the batch without moving it.
      return gpu.read(name === undefined ? features.storage.slice(0, 4) : features.storage);
    });
    if (name !== undefined) await earlier?.store.keep(name, read);
  }

  /** Waits until no more than `left` batches are under way. */
  private async settle(left: number): Promise<void> {
    while (this.pending.length > left) {
      await this.pending[0];
      this.pending.shift();
    }
  }
}
