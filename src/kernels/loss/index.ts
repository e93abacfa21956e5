/**
 * Losses: logits in, the loss and its gradient out. A NaN or infinite logit gives a loss that is not finite, which is
 * how a training run that diverges is found out.
 */
import { type Gpu, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { given } from '../optional.ts';
import { bceKernel, WORKGROUP } from './bce.wgsl.ts';
import { crossEntropyKernel } from './cross-entropy.wgsl.ts';
import { nllBackwardKernel, nllKernel, WORKGROUP as NLL_WORKGROUP } from './nll.wgsl.ts';
import { reduceTermsKernel } from './reduce.wgsl.ts';
import { wholeKernel } from './weighing.wgsl.ts';

/** What a loss writes; all but `loss` only where it is asked for. */
export interface LossOutputs {
  /** [1] float: the mean over samples or their sum; [n] without a reduction. */
  readonly loss: Storage;
  /** Same shape as the logits: the gradient of the mean or of the sum, which is what each sample's own is too. */
  readonly dLogits?: Storage | undefined;
  /** [1] float: how many samples are classified rightly. */
  readonly correct?: Storage | undefined;
}

/** What becomes of the samples' losses. */
export type Reduction = 'mean' | 'sum' | 'none';

/** How labels count. */
export interface LabelOptions {
  /** [classes] floats: how much a sample of each class counts; all alike by default. */
  readonly classWeights?: Storage | undefined;
  /** A label, or a number that is none, whose samples count nothing; none by default, where PyTorch has −100. */
  readonly ignoreIndex?: number | undefined;
  /** `mean` by default: over what the samples count together. */
  readonly reduction?: Reduction | undefined;
}

/** Choices of the softmax cross-entropy, as torch.nn.CrossEntropyLoss has them. */
export interface CrossEntropyOptions extends LabelOptions {
  /** How much of a label is spread evenly over all classes (Szegedy et al. 2016), 0 … 1; 0 by default. */
  readonly labelSmoothing?: number | undefined;
}

/** Choices of the binary cross-entropy. */
export interface BceOptions {
  /** How far targets are moved towards ½: t·(1 − s) + s/2, with 0 ≤ s ≤ 1; 0 by default. */
  readonly labelSmoothing?: number | undefined;
  /** How much a positive sample counts, PyTorch's pos_weight; 1 by default. */
  readonly positiveWeight?: number | undefined;
  /** `mean` by default. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Softmax cross-entropy of logits [n, classes] and labels [n] (u32, 0 … classes − 1), and its gradient
 * (softmax − onehot) / n. A sample is right where its label has the largest logit, the first of equal ones. A label
 * of `classes` or more gives a NaN loss. Smoothing, class weights and the label to ignore are those of torch.nn.CrossEntropyLoss, whose
 * weighted mean divides by the weights of the batch's labels. Throws `RangeError` for sizes that do not fit and a smoothing out of range.
 *
 * ```ts
 * const logits = gpu.upload(Float32Array.of(0, 0)); // a sample, both classes equally likely
 * const labels = gpu.upload(Uint32Array.of(0));
 * const [loss, dLogits] = [gpu.temporary(4), gpu.temporary(2 * 4)];
 * const [mean, gradient] = await gpu.scope(() => {
 *   softmaxCrossEntropy(gpu, { logits, labels, loss, dLogits }, { n: 1, classes: 2 });
 *   return Promise.all([gpu.read(loss), gpu.read(dLogits)]);
 * });
 * mean; // → [Math.LN2]
 * gradient; // → [-0.5, 0.5]
 * ```
 */
export function softmaxCrossEntropy(
  gpu: Gpu,
  storages: LossOutputs & { readonly logits: Storage; readonly labels: Storage },
  { n, classes }: { readonly n: number; readonly classes: number },
  { labelSmoothing = 0, ...options }: CrossEntropyOptions = {},
): void {
  const { logits, labels, dLogits } = storages;
  const op = 'softmaxCrossEntropy';
  checkSizes(op, { n, classes });
  checkStorages(op, {
    logits: [logits, n * classes],
    labels: [labels, n],
    dLogits: [dLogits, n * classes],
    classWeights: [options.classWeights, classes],
  });
  checkSmoothing(op, labelSmoothing);
  const { weighted, ignoring, summed, bindings, params } = weigh(gpu, op, labels, { n, classes }, options);
  const terms = gpu.temporary(2 * n * 4, 'loss terms');
  gpu.run(
    crossEntropyKernel(dLogits !== undefined, labelSmoothing > 0, weighted, ignoring, summed),
    given({ logits, labels, ...bindings, terms, dLogits }),
    { n, classes, ...params, smoothing: labelSmoothing },
    rowOfWorkgroups(n),
  );
  reduceTerms(gpu, op, terms, storages, n, options.reduction);
}

/**
 * The negative log-likelihood of log-probabilities [n, classes] and labels [n] (u32), as torch.nn.functional.nll_loss, and its gradient.
 * Throws `RangeError` for sizes that do not fit.
 *
 * ```ts
 * const logProbabilities = gpu.upload(Float32Array.of(-1, -2, -3, -4));
 * const [labels, loss] = [gpu.upload(Uint32Array.of(0, 1)), gpu.temporary(4)];
 * nllLoss(gpu, { logProbabilities, labels, loss }, { n: 2, classes: 2 });
 * await gpu.read(loss); // → [2.5]
 * ```
 */
export function nllLoss(
  gpu: Gpu,
  storages: LossOutputs & { readonly logProbabilities: Storage; readonly labels: Storage },
  { n, classes }: { readonly n: number; readonly classes: number },
  options: LabelOptions = {},
): void {
  const { logProbabilities: x, labels, dLogits } = storages;
  const op = 'nllLoss';
  checkSizes(op, { n, classes });
  checkStorages(op, {
    logProbabilities: [x, n * classes],
    labels: [labels, n],
    dLogits: [dLogits, n * classes],
    classWeights: [options.classWeights, classes],
  });
  const { weighted, ignoring, summed, bindings, params } = weigh(gpu, op, labels, { n, classes }, options);
  const terms = gpu.temporary(2 * n * 4, 'loss terms');
  const all = { n, classes, ...params };
  const grid = (threads: number) => rowOfWorkgroups(Math.ceil(threads / NLL_WORKGROUP));
  gpu.run(nllKernel(weighted, ignoring, summed), given({ x, labels, ...bindings, terms }), all, grid(n));
  if (dLogits) {
    const kernel = nllBackwardKernel(weighted, ignoring, summed);
    gpu.run(kernel, given({ labels, ...bindings, dx: dLogits }), all, grid(n * classes));
  }
  reduceTerms(gpu, op, terms, storages, n, options.reduction);
}

/** What the kernels are told of how labels count. Throws `RangeError` for a label to ignore that 32 bits cannot be. */
function weigh(
  gpu: Gpu,
  op: string,
  labels: Storage,
  { n, classes }: { readonly n: number; readonly classes: number },
  { classWeights, ignoreIndex, reduction = 'mean' }: LabelOptions,
) {
  const [weighted, ignoring] = [classWeights !== undefined, ignoreIndex !== undefined];
  const summed = reduction === 'mean' && (weighted || ignoring);
  const isLabel = (index: number) => Number.isInteger(index) && index >= -(2 ** 31) && index < 2 ** 32;
  if (ignoreIndex !== undefined && !isLabel(ignoreIndex))
    throw new RangeError(`${op}: ignoreIndex = ${ignoreIndex} must be a whole number of 32 bits.`);
  const ignored = (ignoreIndex ?? 0) >>> 0;
  const whole = summed ? gpu.temporary(4, 'what all samples count') : undefined;
  if (whole)
    gpu.run(
      wholeKernel(weighted, ignoring),
      given({ labels, classWeights, whole }),
      { n, classes, ignored },
      [1],
    );
  const isMean = reduction === 'mean';
  const params = { ignored, whole: isMean ? n : 1, times: isMean ? n : 1 };
  return { weighted, ignoring, summed, bindings: { classWeights, whole }, params };
}

/**
 * Binary cross-entropy of logits [n] and targets [n] (floats, 0 … 1) through a sigmoid, and its gradient
 * (sigmoid − target) / n. A sample is right where its probability is over ½ just if its target is. Throws `RangeError`
 * for sizes that do not fit and options out of range.
 *
 * ```ts
 * const logits = gpu.upload(Float32Array.of(0, 0)); // two samples, each of either class with probability ½
 * const targets = gpu.upload(Float32Array.of(0, 1));
 * const [loss, dLogits] = [gpu.temporary(4), gpu.temporary(2 * 4)];
 * const [mean, gradient] = await gpu.scope(() => {
 *   bceWithLogits(gpu, { logits, targets, loss, dLogits }, { n: 2 });
 *   return Promise.all([gpu.read(loss), gpu.read(dLogits)]);
 * });
 * mean; // → [Math.LN2]
 * gradient; // → [0.25, -0.25]
 * ```
 */
export function bceWithLogits(
  gpu: Gpu,
  storages: LossOutputs & { readonly logits: Storage; readonly targets: Storage },
  { n }: { readonly n: number },
  { labelSmoothing = 0, positiveWeight = 1, reduction = 'mean' }: BceOptions = {},
): void {
  const { logits, targets, dLogits } = storages;
  const op = 'bceWithLogits';
  checkSizes(op, { n });
  checkStorages(op, { logits: [logits, n], targets: [targets, n], dLogits: [dLogits, n] });
  checkSmoothing(op, labelSmoothing);
  if (!(positiveWeight >= 0 && Number.isFinite(positiveWeight)))
    throw new RangeError(`${op}: positiveWeight = ${positiveWeight} must be a number of at least 0.`);
  const terms = gpu.temporary(2 * n * 4, 'loss terms');
  gpu.run(
    bceKernel(dLogits !== undefined, labelSmoothing > 0 || positiveWeight !== 1),
    given({ logits, targets, terms, dLogits }),
    { n, divisor: reduction === 'mean' ? n : 1, smoothing: labelSmoothing, positiveWeight },
    rowOfWorkgroups(Math.ceil(n / WORKGROUP)),
  );
  reduceTerms(gpu, op, terms, storages, n, reduction);
}

function checkSmoothing(op: string, labelSmoothing: number): void {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new RangeError(`${op}: labelSmoothing = ${labelSmoothing} must be from 0 to 1.`);
}

function reduceTerms(
  gpu: Gpu,
  op: string,
  terms: Storage,
  { loss, correct }: LossOutputs,
  n: number,
  reduction: Reduction = 'mean',
): void {
  checkStorages(op, { loss: [loss, reduction === 'none' ? n : 1], correct: [correct, 1] });
  if (reduction === 'none') gpu.copy(terms.slice(0, n * 4), loss);
  if (reduction === 'none' && !correct) return;
  const sum = reduction === 'none' ? gpu.temporary(4, 'sum of losses') : loss;
  const divisor = reduction === 'mean' ? n : 1;
  gpu.run(
    reduceTermsKernel(correct !== undefined),
    given({ terms, loss: sum, correct }),
    { n, divisor },
    [1],
  );
}
