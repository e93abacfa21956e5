/**
 * What a run is going to cost, before it begins and with nothing computed: memory by the planner that will place it, parameters by the
 * flags that freeze them, operations by the products that it will ask for. Each phase is recorded on a network whose memory is never
 * made, on the device that it is meant for or on paper.
 */
import type { ImageSet } from '../../data/index.ts';
import { GpuError, memoryOf, type Gpu } from '../../gpu/index.ts';
import { imageStride } from '../../kernels/preprocess/index.ts';
import { networks, type NetworkName } from '../../networks/index.ts';
import type { Network } from '../../nn/index.ts';
import { readMetrics } from '../loop/batch.ts';
import { planEpoch } from '../loop/epoch-plan.ts';
import { labelsAt } from '../loop/evaluate.ts';
import { freeze, type FreezeReport } from '../loop/freeze.ts';
import { outputsOf } from '../loop/loss-kinds.ts';
import { lossOf } from '../loop/losses.ts';
import { createOptimizer, planPhases, type Phase } from '../loop/phases.ts';
import { trainingStep } from '../loop/training-step.ts';
import { FeatureRows } from '../inputs/feature-rows.ts';
import { ImageCache } from '../inputs/image-cache.ts';
import { imageInputs, trunkIsFixed, type Inputs } from '../inputs/inputs.ts';
import { IMAGE_BUDGET_BYTES, viewsIn } from '../inputs/run-inputs.ts';
import type { TrainConfig } from '../settings/config.ts';
import { convolutionsIn, headOperations, plus, times, type Operations } from './operations.ts';
import { blankImages } from './rehearsal.ts';

/** What there is to train on. */
export interface RunPhotos {
  readonly train: number;
  readonly valid: number;
  readonly classes: number;
}

export interface PhaseCost {
  readonly phase: Phase;
  readonly frozen: FreezeReport;
  /** Bytes of everything that lies on the GPU while it trains: the two that follow together. */
  readonly bytes: number;
  /** Those that last: parameters, gradients, moments, and photos or features. */
  readonly persistentBytes: number;
  /** Those of activations and their gradients. */
  readonly workspaceBytes: number;
  /** Those of photos, or of their features, among those that last. */
  readonly inputBytes: number;
  /** Optimizer steps of an epoch. */
  readonly steps: number;
  /** Operations of a step, of a full batch. */
  readonly step: Operations;
  /** Of the validation after each epoch. */
  readonly validation: Operations;
  /** Of the trunk's features, where they are computed once. */
  readonly features: Operations | undefined;
}

export interface RunCost {
  /** One after the other. */
  readonly phases: readonly [PhaseCost, ...PhaseCost[]];
  /** The most bytes that any phase needs. */
  readonly bytes: number;
  /** What is trained in the end. */
  readonly frozen: FreezeReport;
}

export interface CostOptions {
  /** As for the run: the most bytes that photos may take on the GPU. */
  readonly imageBudgetBytes?: number | undefined;
}

/**
 * What a run of `config` on so many photos costs. What lasts is exact. The workspace is that of full batches
 * whose photos all lie in one place, others are placed a little otherwise: all together within a percent.
 * Throws `TrainingError` as `freeze` and `planPhases` do, and `GpuError` where a batch is larger than the adapter can bind.
 */
export function costOf(
  gpu: Gpu,
  architecture: NetworkName,
  config: TrainConfig,
  photos: RunPhotos,
  options: CostOptions = {},
): RunCost {
  const { stages } = networks[architecture];
  const [first, ...others] = planPhases(config, stages).map((phase) =>
    phaseCost(gpu, architecture, config, photos, phase, options),
  );
  if (!first) throw new RangeError('A run has a phase at least.');
  const phases = [first, ...others] as const;
  return {
    phases,
    bytes: Math.max(...phases.map(({ bytes }) => bytes)),
    frozen: (others.at(-1) ?? first).frozen,
  };
}

/** Batches that people choose. A single photo has no statistics of a batch. */
const POWERS = Array.from({ length: 10 }, (_, i) => 2 ** (i + 1));

/**
 * The largest power of two from 2 to 1,024 that as a batch needs no more than `budgetBytes` on the GPU, where `bytesOf` says what a batch
 * needs, or throws `GpuError` for one that is too large; undefined where two photos need more.
 */
export function largestBatch(
  bytesOf: (batchSize: number) => number,
  budgetBytes: number,
): number | undefined {
  const fits = (batchSize: number): boolean => {
    try {
      return bytesOf(batchSize) <= budgetBytes;
    } catch (error) {
      if (error instanceof GpuError) return false; // more than the adapter binds
      throw error;
    }
  };
  // More photos take more memory: halve the list until one is left.
  let [low, high] = [-1, POWERS.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(POWERS[middle] ?? 2)) low = middle;
    else high = middle - 1;
  }
  return POWERS[low];
}

function phaseCost(
  gpu: Gpu,
  architecture: NetworkName,
  config: TrainConfig,
  photos: RunPhotos,
  phase: Phase,
  { imageBudgetBytes = IMAGE_BUDGET_BYTES }: CostOptions,
): PhaseCost {
  const outputs = outputsOf(config.loss, photos.classes);
  const batch = Math.max(1, Math.min(config.batchSize, photos.train));
  const { accumulate } = config;
  const { result, scopes } = gpu.rehearseScopes(() => {
    const model = networks[architecture].create(gpu, outputs);
    const frozen = freeze(model, phase.tune, config.bn);
    const isFixed = config.views > 0 && trunkIsFixed(model);
    const recorded = isFixed
      ? recordFeatures(model, config, photos, phase, batch)
      : recordImages(model, config, photos, batch, imageBudgetBytes);
    const head = { features: model.featureCount, outputs };
    const count = (record: () => void) => convolutionsIn(gpu, head, record);
    const ofHead = headOperations({ batch, ...head }, !isFixed);
    const indices = Uint32Array.from({ length: batch }, (_, i) => i);
    const { features, inputs } = recorded;
    const ofFeatures = features && count(() => features(indices));
    model.eval();
    const ofValidation = count(() => recordValidation(model, recorded.valid, indices, config));
    model.train();
    const batches = Array.from({ length: Math.min(2, accumulate) }, () => indices); // a third is like the second
    const optimizer = createOptimizer(model, phase, config);
    const recordStep = trainingStep(model, optimizer, recorded.train, config);
    const ofStep = count(() => rehearsed(recordStep(batches, 1)));
    const looks = photos.train * viewsOf(config, phase) + photos.valid;
    return {
      inputs,
      frozen,
      steps: planEpoch(model, photos.train, config).steps,
      step: times(plus(times(ofStep, 1 / batches.length), ofHead), accumulate),
      validation: times(plus(ofValidation, { ...ofHead, backward: 0 }), photos.valid / batch),
      features: ofFeatures && times(ofFeatures, looks / batch),
    };
  });
  const { inputs, ...counted } = result;
  const memory = memoryOf(gpu, scopes);
  const persistentBytes = memory.persistentBytes - inputs.standIn + inputs.real;
  const { workspaceBytes } = memory;
  const bytes = persistentBytes + workspaceBytes;
  return { ...counted, phase, bytes, persistentBytes, workspaceBytes, inputBytes: inputs.real };
}

/** How many views of each training photo features are kept of. */
const viewsOf = (config: TrainConfig, { epochs }: Phase): number => viewsIn(config, epochs);

/** What a phase trains on and is judged by, in small: a batch stands in for all photos. */
interface Recorded {
  readonly train: Inputs;
  readonly valid: Inputs;
  /** Records the trunk over a batch, where its features are kept. */
  readonly features?: (indices: Uint32Array) => void;
  /** Bytes of the persistent memory of what stands in, and of what it stands for. */
  readonly inputs: { readonly standIn: number; readonly real: number };
}

function recordImages(
  model: Network,
  config: TrainConfig,
  photos: RunPhotos,
  batch: number,
  budgetBytes: number,
): Recorded {
  const { size, augment, seed } = config;
  const cached = (images: ImageSet, count: number, budget: number) => {
    const stride = imageStride({ h: images.height, w: images.width });
    const resident = stride > model.gpu.maxBindingBytes ? 0 : Math.min(count, Math.floor(budget / stride));
    // One photo that goes up with its batch makes the workspace larger: then all of the batch do.
    const cache = new ImageCache(model.gpu, images, { budgetBytes: resident < count ? 0 : Infinity });
    return { cache, standIn: cache.residentBytes, real: resident * stride };
  };
  const train = cached(blankImages(config, batch), photos.train, budgetBytes);
  const plain = blankImages({ ...config, augment: 'none' }, batch);
  const valid = cached(plain, photos.valid, budgetBytes - train.real);
  return {
    train: imageInputs(model, train.cache, { size, augment, seed }),
    valid: imageInputs(model, valid.cache, { size, augment: 'none', seed }),
    inputs: { standIn: train.standIn + valid.standIn, real: train.real + valid.real },
  };
}

function recordFeatures(
  model: Network,
  config: TrainConfig,
  photos: RunPhotos,
  phase: Phase,
  batch: number,
): Recorded {
  const { gpu, featureCount } = model;
  const { size, augment, seed } = config;
  const images = imageInputs(model, blankImages(config, batch), { size, augment, seed });
  const rows = new FeatureRows(gpu, batch, featureCount);
  const ofRows = (indices: Uint32Array) => rows.gather(indices);
  const inputs: Inputs = {
    ...images,
    features: ofRows,
    logits: (indices) => model.logits(ofRows(indices)),
  };
  const real = photos.train * viewsOf(config, phase) + photos.valid;
  return {
    train: inputs,
    valid: inputs,
    features(indices) {
      model.eval();
      rehearsed(
        gpu.scope(() => {
          const features = images.features(indices, 1);
          rows.write(0, features);
          return gpu.read(features.storage.slice(0, 4));
        }),
      );
    },
    inputs: { standIn: batch * featureCount * 4, real: real * featureCount * 4 },
  };
}

function recordValidation(model: Network, inputs: Inputs, indices: Uint32Array, { loss }: TrainConfig): void {
  const { gpu } = model;
  rehearsed(
    gpu.scope(() =>
      readMetrics(gpu, lossOf(inputs.logits(indices, 0), labelsAt(inputs, indices), loss), indices.length),
    ),
  );
}

/** What is only rehearsed never comes. */
const rehearsed = (promise: Promise<unknown>): void => void promise.catch(() => undefined);
