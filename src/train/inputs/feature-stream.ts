/**
 * Photos that go through a fixed trunk as they come out of the decoder: their features are kept, and the photos need not be. While one
 * batch is computed the next is decoded, and whoever decodes waits where the trunk is the slower of the two.
 */
import type { ImageSet } from '../../data/index.ts';
import type { Network } from '../../nn/index.ts';
import { FeatureRows } from './feature-rows.ts';
import { keptFeatures, type FeatureInputs, type FeatureOptions } from './features.ts';
import { imageInputs, type Inputs } from './inputs.ts';

export interface FeatureStreamOptions extends Omit<FeatureOptions, 'signal' | 'onProgress'> {
  /** The size in pixels of the photos. */
  readonly height: number;
  readonly width: number;
  /** As many photos come at the most: some may turn out not to be readable. */
  readonly most: number;
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
    return keptFeatures(this.model, this.rows, { stride: most, labels, views, secondsPerView });
  }

  /** Waits for what is under way, and frees the features. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.pending);
    this.rows.dispose();
  }

  private async flush(): Promise<void> {
    const { model, rows, looks, started, batch } = this;
    const { gpu } = model;
    const { views = 1, most } = this.options;
    const indices = Uint32Array.from(batch, (_, i) => started + i);
    for (let view = 0; view < views; view++) {
      const start = performance.now();
      const done = gpu.scope(() => {
        const features = looks[view === 0 ? 0 : 1].features(indices, view);
        rows.write(view * most + started, features);
        return gpu.read(features.storage.slice(0, 4)); // waits for the batch without moving it
      });
      const counted = done.then(() => {
        const now = performance.now();
        this.seconds += (now - Math.max(start, this.lastEnd)) / 1000;
        this.lastEnd = now;
      });
      counted.catch(() => undefined); // thrown where it is awaited
      this.pending.push(counted);
      await this.settle(UNDER_WAY - 1);
    }
    this.started += batch.length;
    this.batch = [];
  }

  /** Waits until no more than `left` batches are under way. */
  private async settle(left: number): Promise<void> {
    while (this.pending.length > left) {
      await this.pending[0];
      this.pending.shift();
    }
  }
}
