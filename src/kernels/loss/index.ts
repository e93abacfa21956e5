/**
 * Losses: logits in, mean loss and its gradient out. A NaN or infinite logit gives a loss that is not finite, which is
 * how a training run that diverges is found out.
 */
import { type Gpu, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { given } from '../optional.ts';
import { bceKernel, WORKGROUP } from './bce.wgsl.ts';
import { crossEntropyKernel } from './cross-entropy.wgsl.ts';
import { reduceTermsKernel } from './reduce.wgsl.ts';

/** What a loss writes; all but `loss` only where it is asked for. */
export interface LossOutputs {
  /** [1] float: the mean over samples. */
  readonly loss: Storage;
  /** Same shape as the logits: the gradient of the mean. */
  readonly dLogits?: Storage | undefined;
  /** [1] float: how many samples are classified rightly. */
  readonly correct?: Storage | undefined;
}

/** Choices of the softmax cross-entropy, as torch.nn.CrossEntropyLoss has them. */
export interface CrossEntropyOptions {
  /** How much of a label is spread evenly over all classes (Szegedy et al. 2016), 0 … 1; 0 by default. */
  readonly labelSmoothing?: number | undefined;
  /** [classes] floats: how much a sample of each class counts; all alike by default. */
  readonly classWeights?: Storage | undefined;
}

/** Choices of the binary cross-entropy. */
export interface BceOptions {
  /** How far targets are moved towards ½: t·(1 − s) + s/2, with 0 ≤ s ≤ 1; 0 by default. */
  readonly labelSmoothing?: number | undefined;
  /** How much a positive sample counts, PyTorch's pos_weight; 1 by default. */
  readonly positiveWeight?: number | undefined;
}

/**
 * Mean softmax cross-entropy of logits [n, classes] and labels [n] (u32, 0 … classes − 1), and its gradient
 * (softmax − onehot) / n. A sample is right where its label has the largest logit, the first of equal ones. A label
 * of `classes` or more gives a NaN loss. Smoothing and class weights are those of torch.nn.CrossEntropyLoss, whose weighted
 * mean divides by the weights of the batch's labels. Throws `RangeError` for sizes that do not fit and a smoothing out of range.
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
  { labelSmoothing = 0, classWeights }: CrossEntropyOptions = {},
): void {
  const { logits, labels, dLogits } = storages;
  const op = 'softmaxCrossEntropy';
  checkSizes(op, { n, classes });
  checkStorages(op, {
    logits: [logits, n * classes],
    labels: [labels, n],
    dLogits: [dLogits, n * classes],
    classWeights: [classWeights, classes],
  });
  checkSmoothing(op, labelSmoothing);
  const terms = gpu.temporary(2 * n * 4, 'loss terms');
  gpu.run(
    crossEntropyKernel(dLogits !== undefined, labelSmoothing > 0, classWeights !== undefined),
    given({ logits, labels, classWeights, terms, dLogits }),
    { n, classes, smoothing: labelSmoothing },
    rowOfWorkgroups(n),
  );
  reduceTerms(gpu, op, terms, storages, n);
}

/**
 * Mean binary cross-entropy of logits [n] and targets [n] (floats, 0 … 1) through a sigmoid, and its gradient
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
  { labelSmoothing = 0, positiveWeight = 1 }: BceOptions = {},
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
    { n, smoothing: labelSmoothing, positiveWeight },
    rowOfWorkgroups(Math.ceil(n / WORKGROUP)),
  );
  reduceTerms(gpu, op, terms, storages, n);
}

function checkSmoothing(op: string, labelSmoothing: number): void {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new RangeError(`${op}: labelSmoothing = ${labelSmoothing} must be from 0 to 1.`);
}

function reduceTerms(gpu: Gpu, op: string, terms: Storage, { loss, correct }: LossOutputs, n: number): void {
  checkStorages(op, { loss: [loss, 1], correct: [correct, 1] });
  gpu.run(reduceTermsKernel(correct !== undefined), given({ terms, loss, correct }), { n }, [1]);
}
