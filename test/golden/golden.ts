// What PyTorch computed, and how an engine's result is held against it. A golden keeps a whole tensor's norm and a
// sample of its elements at hashed places; both must agree, so that a wrong region shows though it was not sampled.
import { readFileSync } from 'node:fs';
import { elementCount, sampleIndices } from './formula.ts';

/** One tensor of PyTorch's, computed in float64: activations are [N, H, W, C], weights OIHW. */
export interface GoldenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Euclidean norm of the whole tensor. */
  readonly norm: number;
  /** The elements at `sampleIndices(name, size, sample.length)`, row by row. */
  readonly sample: Float32Array;
  /** PyTorch's own relative error in float32: no tolerance below a few times this can be asked of an engine. */
  readonly torchError: number;
}

/** The tensors of one case or one run. */
export interface Golden {
  readonly names: readonly string[];
  /** Throws if there is no such tensor. */
  get(tensor: string): GoldenTensor;
}

export type Operation =
  | 'conv2d'
  | 'grouped-conv2d'
  | 'batch-norm'
  | 'max-pool'
  | 'avg-pool'
  | 'window-max'
  | 'window-average'
  | 'linear'
  | 'elementwise'
  | 'broadcast'
  | 'sum'
  | 'softmax'
  | 'layer-norm'
  | 'cross-entropy'
  | 'bce-with-logits'
  | 'adam'
  | 'sgd'
  | 'clip-grad-norm';

export const networkRuns = [
  ...(['resnet18/batch', 'resnet18/running', 'resnet18/one-logit'] as const),
  ...(['resnet34/running', 'resnet50/running'] as const),
  ...(['mobilenet_v3_small/batch', 'mobilenet_v3_small/running', 'mobilenet_v3_large/running'] as const),
] as const;
export type NetworkRun = (typeof networkRuns)[number];

export const trainingRuns = ['head', 'layer4', 'all', 'resnet50/all', 'mobilenet_v3_small/all'] as const;
export type TrainingName = (typeof trainingRuns)[number];

/** Ten losses in float64, and PyTorch's own in float32 to show how far rounding alone carries the run. */
export interface TrainingRun {
  readonly learningRate: number;
  readonly losses: readonly number[];
  readonly torchFloat32: readonly number[];
}

interface GoldenFile {
  readonly tensors: Readonly<
    Record<string, Omit<GoldenTensor, 'name' | 'sample'> & { readonly sample: string }>
  >;
}

const files = new Map<string, unknown>();

function readGolden<T>(file: string): T {
  if (!files.has(file)) files.set(file, JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')));
  return files.get(file) as T;
}

function golden(file: string, prefix: string): Golden {
  const { tensors } = readGolden<GoldenFile>(file);
  const names = Object.keys(tensors)
    .filter((name) => name.startsWith(`${prefix}/`))
    .map((name) => name.slice(prefix.length + 1));
  return {
    names,
    get(tensor) {
      const name = `${prefix}/${tensor}`;
      const entry = tensors[name];
      if (!entry) {
        throw new Error(
          `${file} has no tensor "${name}"; after a change of cases run test/golden/make.py again`,
        );
      }
      const bytes = Uint8Array.from(atob(entry.sample), (character) => character.charCodeAt(0));
      return { ...entry, name, sample: new Float32Array(bytes.buffer) };
    },
  };
}

/**
 * The results of one operation's case: `y`, `gradInput`, `gradWeight`, …; a batch norm's under `batch/` and `running/`.
 */
export function opGolden(operation: Operation, caseName: string): Golden {
  return golden('./operations.json', `${operation}/${caseName}`);
}

/**
 * One forward and backward pass of a network: `logits`, `loss`, `grad/NAME` for every parameter, and in batch mode
 * `NAME` for every running statistic after it. `input` names its images and labels in inputs.ts: of 10 classes, or of 2
 * for the single logit, whose loss is BCE. All but `resnet18/batch` run on running statistics.
 */
export function networkGolden(run: NetworkRun): Golden & { readonly input: string; readonly batch: number } {
  const { inputs } = readGolden<{ inputs: Record<NetworkRun, { input: string; batch: number }> }>(
    './network.json',
  );
  return { ...golden('./network.json', run), ...inputs[run] };
}

export const explainedRuns = [
  'resnet18/explained',
  'resnet50/explained',
  'resnet18/one-logit-explained',
] as const;
export type ExplainedRun = (typeof explainedRuns)[number];

/**
 * Grad-CAM's `maps` [N, h, w] of the labels' classes, on running statistics. `input` names images of 128 pixels and labels in inputs.ts:
 * of 10 classes, or of 2 for the single logit.
 */
export function explainGolden(
  run: ExplainedRun,
): Golden & { readonly input: string; readonly batch: number } {
  const { inputs } = readGolden<{ inputs: Record<ExplainedRun, { input: string; batch: number }> }>(
    './explain.json',
  );
  return { ...golden('./explain.json', run), ...inputs[run] };
}

/** Ten steps of Adam with batch statistics, of ResNet-18 or the network named; step i's batch of 4 is `train/i` in inputs.ts. */
export function trainingGolden(run: TrainingName): TrainingRun {
  return readGolden<Record<TrainingName, TrainingRun>>('./training.json')[run];
}

/** How far a tensor is from its golden. */
export interface Closeness {
  /** ‖a − b‖ / ‖b‖ over the sampled elements. */
  readonly error: number;
  /** | ‖a‖ − ‖b‖ | / ‖b‖ over the whole tensors. */
  readonly normError: number;
  /** The sampled element that differs most. */
  readonly worst: { readonly index: number; readonly actual: number; readonly expected: number };
}

/**
 * Compares a whole tensor with its golden. Where the golden is all zeros the errors are 0 or infinite; a NaN makes
 * them NaN. Throws if the number of elements is not the golden's.
 */
export function relativeErrorOnSample(
  actual: ArrayLike<number>,
  { name, shape, norm, sample }: GoldenTensor,
): Closeness {
  const size = elementCount(shape);
  if (actual.length !== size) {
    throw new Error(
      `${name}: ${actual.length} elements, but PyTorch's tensor [${shape.join(', ')}] has ${size}`,
    );
  }
  let differenceSquared = 0;
  let sampleSquared = 0;
  let worst = { index: 0, actual: NaN, expected: NaN, difference: -1 };
  for (const [place, index] of sampleIndices(name, size, sample.length).entries()) {
    const found = actual[index]!; // in range: sampled from 0 … size − 1
    const expected = sample[place]!;
    const difference = Number.isNaN(found) ? Infinity : Math.abs(found - expected);
    if (difference > worst.difference) worst = { index, actual: found, expected, difference };
    differenceSquared += (found - expected) ** 2;
    sampleSquared += expected ** 2;
  }
  let actualSquared = 0;
  for (let i = 0; i < size; i++) actualSquared += actual[i]! ** 2;
  return {
    error: ratio(Math.sqrt(differenceSquared), Math.sqrt(sampleSquared)),
    normError: ratio(Math.abs(Math.sqrt(actualSquared) - norm), norm),
    worst,
  };
}

/** Zero over zero is agreement. */
const ratio = (difference: number, norm: number) => (difference === 0 ? 0 : difference / norm);

/**
 * Throws, naming the tensor and its worst element, unless both errors of `relativeErrorOnSample` are within tolerance.
 */
export function expectClose(actual: ArrayLike<number>, tensor: GoldenTensor, tolerance: number): void {
  const { error, normError, worst } = relativeErrorOnSample(actual, tensor);
  if (error <= tolerance && normError <= tolerance) return;
  throw new Error(
    `${tensor.name} [${tensor.shape.join(', ')}] is not PyTorch's: relative error ${error.toExponential(2)} on ` +
      `${tensor.sample.length} elements, ${normError.toExponential(2)} on the norm; allowed ${tolerance.toExponential(0)} ` +
      `(PyTorch's own in float32: ${tensor.torchError}). Worst at ${worst.index}: ${worst.actual}, expected ${worst.expected}`,
  );
}
