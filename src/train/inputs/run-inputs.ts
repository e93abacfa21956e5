/**
 * What a run is trained and validated on, phase by phase: the trunk's features where it is fixed, else
 * images through the whole network.
 */
import type { ImageSet } from '../../data/index.ts';
import type { Network } from '../../nn/index.ts';
import type { TrainConfig } from '../settings/config.ts';
import type { FeatureInputs } from './features.ts';
import { featureInputs } from './load-features.ts';
import type { RunInputs } from '../loop/fine-tune.ts';
import { freeze } from '../loop/freeze.ts';
import { planPhases } from '../loop/phases.ts';
import { ImageCache } from './image-cache.ts';
import { imageInputs, trunkIsFixed } from './inputs.ts';

export interface RunInputOptions {
  readonly signal?: AbortSignal | undefined;
  /** Progress of the trunk: images done, and all images. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly onFeatures?: ((report: FeatureReport) => void) | undefined;
  /** The most bytes of GPU memory that images may take; what exceeds it goes up batch by batch. 1 GiB by default. */
  readonly imageBudgetBytes?: number | undefined;
  /** Features of the first phase that were computed while the photos were read. */
  readonly computed?: ComputedFeatures | undefined;
}

export interface ComputedFeatures {
  readonly train: FeatureInputs;
  readonly valid: FeatureInputs;
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
  /** Images whose features were there from an earlier run. */
  readonly found: number;
  /**
   * What it saves in this many epochs: the trunk's forward passes that need not run. Negative if
   * there are fewer epochs than views.
   */
  savedSeconds(epochs: number): number;
}

type InputSettings = Pick<TrainConfig, 'size' | 'augment' | 'views' | 'seed' | 'batchSize'>;

/**
 * Makes the inputs of each phase for `fineTune`; `dispose` frees what they hold on the GPU.
 *
 * ```ts
 * // Four red photos and four blue ones, of 32 × 32 pixels.
 * const [side, labels] = [32, Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1)];
 * const data = Uint8Array.from({ length: 8 * side * side * 3 }, (_, i) => (i % 3 === (i < 4 * side * side * 3 ? 0 : 2) ? 255 : 0));
 * const photos = imageSet({ width: side, height: side, data, labels, paths: [] });
 * const model = resnet18(gpu, 2);
 * model.initialise(createRandom(1)); // or weights from a file: loadWithFreshHead
 * freeze(model, 'head', 'running'); // the trunk is fixed: its features are computed once
 * const source = new InputSource(model, { train: photos, valid: photos }, { ...settingDefaults, size: side });
 * const { train } = await source.forPhase({ epochs: 1 });
 * [train.count, ...train.labels.subarray(3, 5)]; // → [8, 0, 1]
 * source.dispose();
 * ```
 */
export class InputSource {
  private readonly held: { dispose(): void }[] = [];
  private last: RunInputs | undefined;
  private computed: ComputedFeatures | undefined;

  constructor(
    private readonly model: Network,
    private readonly sets: { readonly train: ImageSet; readonly valid: ImageSet },
    private readonly settings: InputSettings,
    private readonly options: RunInputOptions = {},
  ) {
    this.computed = options.computed;
  }

  /**
   * The inputs of a phase of so many epochs, to be called when what it freezes is frozen. Throws the
   * signal's reason if it is aborted.
   */
  async forPhase({ epochs }: { readonly epochs: number }): Promise<RunInputs> {
    const { model, sets, settings } = this;
    this.dispose();
    const plain = { ...settings, augment: 'none' } as const;
    const budget = this.options.imageBudgetBytes ?? IMAGE_BUDGET_BYTES;
    if (settings.views > 0 && trunkIsFixed(model))
      return (this.last = await this.features(viewsIn(settings, epochs)));
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
    const { train, valid } = this.taken(views) ?? (await this.compute(views));
    this.held.push(train, valid);
    const spent = train.secondsPerView * views + valid.secondsPerView;
    this.options.onFeatures?.({
      images: train.count + valid.count,
      views,
      seconds: spent,
      found: (train.found ?? 0) + (valid.found ?? 0),
      savedSeconds: (epochs) => (train.secondsPerView + valid.secondsPerView) * epochs - spent,
    });
    return { train, valid };
  }

  /** What was computed for this phase; it is the first one's only. */
  private taken(views: number): ComputedFeatures | undefined {
    const { computed } = this;
    this.computed = undefined;
    return computed?.train.views === views ? computed : undefined;
  }

  private async compute(views: number): Promise<ComputedFeatures> {
    const { model, sets, settings } = this;
    const { signal, onProgress } = this.options;
    const total = sets.train.count * views + sets.valid.count;
    const compute = (set: ImageSet, looks: number, before: number) => {
      const report = (done: number) => onProgress?.(before + done, total);
      return featureInputs(model, set, { ...settings, views: looks, signal, onProgress: report });
    };
    const train = await compute(sets.train, views, 0);
    try {
      return { train, valid: await compute(sets.valid, 1, sets.train.count * views) };
    } catch (error) {
      train.dispose();
      throw error;
    }
  }
}

/** How many views of each training photo a phase of so many epochs uses. */
export const viewsIn = (
  { augment, views }: Pick<InputSettings, 'augment' | 'views'>,
  epochs: number,
): number => (augment === 'none' ? 1 : Math.min(views, epochs));

/**
 * What a run trains when `done` of its phases are over: how many views of each photo it keeps features of, undefined if it needs photos,
 * and whether another phase follows. Freezes what that phase freezes. Undefined if nothing is left to train; throws as `planPhases` and
 * `freeze` do.
 */
export function firstPhase(
  model: Network,
  config: TrainConfig,
  done: number,
): { readonly views: number | undefined; readonly isLast: boolean } | undefined {
  const phases = planPhases(config, model.stages);
  const phase = phases[done];
  if (!phase) return undefined;
  freeze(model, phase.tune, config.bn);
  const keepsFeatures = config.views > 0 && trunkIsFixed(model);
  return {
    views: keepsFeatures ? viewsIn(config, phase.epochs) : undefined,
    isLast: done === phases.length - 1,
  };
}
