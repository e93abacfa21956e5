/**
 * What a run is trained and validated on, phase by phase: the trunk's features where it is fixed, else
 * images through the whole network.
 */
import type { ImageSet } from '../../data/index.ts';
import type { Network } from '../../nn/index.ts';
import type { TrainConfig } from '../settings/config.ts';
import { featureInputs } from './features.ts';
import type { RunInputs } from '../loop/fine-tune.ts';
import { ImageCache } from './image-cache.ts';
import { imageInputs, trunkIsFixed } from './inputs.ts';

export interface RunInputOptions {
  readonly signal?: AbortSignal | undefined;
  /** Progress of the trunk: images done, and all images. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly onFeatures?: ((report: FeatureReport) => void) | undefined;
  /** The most bytes of GPU memory that images may take; what exceeds it goes up batch by batch. 1 GiB by default. */
  readonly imageBudgetBytes?: number | undefined;
}

/** The most GPU memory that photos take by default. */
export const IMAGE_BUDGET_BYTES = 2 ** 30;

/** What the feature cache cost, and what the trunk would have cost in every epoch. */
export interface FeatureReport {
  /** Of training and validation together. */
  readonly images: number;
  /** Views of each training image. */
  readonly views: number;
  readonly seconds: number;
  /**
   * What it saves in this many epochs: the trunk's forward passes that need not run. Negative if
   * there are fewer epochs than views.
   */
  savedSeconds(epochs: number): number;
}

type InputSettings = Pick<TrainConfig, 'size' | 'augment' | 'views' | 'seed' | 'batchSize'>;

/** Makes the inputs of each phase for `fineTune`; `dispose` frees what they hold on the GPU. */
export class InputSource {
  private readonly held: { dispose(): void }[] = [];
  private last: RunInputs | undefined;

  constructor(
    private readonly model: Network,
    private readonly sets: { readonly train: ImageSet; readonly valid: ImageSet },
    private readonly settings: InputSettings,
    private readonly options: RunInputOptions = {},
  ) {}

  /**
   * The inputs of a phase of so many epochs, to be called when what it freezes is frozen. Throws the
   * signal's reason if it is aborted.
   */
  async forPhase({ epochs }: { readonly epochs: number }): Promise<RunInputs> {
    const { model, sets, settings } = this;
    const { augment, views } = settings;
    this.dispose();
    const plain = { ...settings, augment: 'none' } as const;
    const budget = this.options.imageBudgetBytes ?? IMAGE_BUDGET_BYTES;
    if (views > 0 && trunkIsFixed(model))
      return (this.last = await this.features(augment === 'none' ? 1 : Math.min(views, epochs)));
    const train = await this.cache(sets.train, budget);
    const valid = await this.cache(sets.valid, budget - train.residentBytes);
    return (this.last = {
      train: imageInputs(model, train, settings),
      valid: imageInputs(model, valid, plain),
    });
  }

  /** The inputs of the phase that was asked for last; undefined before and after. */
  get current(): RunInputs | undefined {
    return this.last;
  }

  /** Frees the memory of the phase's inputs, which are useless afterwards. */
  dispose(): void {
    this.last = undefined;
    for (const one of this.held.splice(0)) one.dispose();
  }

  private cache(set: ImageSet, budgetBytes: number): Promise<ImageCache> {
    const cache = new ImageCache(this.model.gpu, set, { budgetBytes });
    this.held.push(cache);
    return cache.fill(this.options.signal);
  }

  private async features(views: number): Promise<RunInputs> {
    const { model, sets, settings, held } = this;
    const { signal, onProgress, onFeatures } = this.options;
    const total = sets.train.count * views + sets.valid.count;
    const compute = async (set: ImageSet, looks: number, before: number) => {
      const report = (done: number) => onProgress?.(before + done, total);
      const made = await featureInputs(model, set, { ...settings, views: looks, signal, onProgress: report });
      held.push(made);
      return made;
    };
    const train = await compute(sets.train, views, 0);
    const valid = await compute(sets.valid, 1, sets.train.count * views);
    const spent = train.secondsPerView * views + valid.secondsPerView;
    onFeatures?.({
      images: train.count + valid.count,
      views,
      seconds: spent,
      savedSeconds: (epochs) => (train.secondsPerView + valid.secondsPerView) * epochs - spent,
    });
    return { train, valid };
  }
}
