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

/**
 * Mean softmax cross-entropy of logits [n, classes] and labels [n] (u32, 0 … classes − 1), and its gradient
 * (softmax − onehot) / n. A sample is right where its label has the largest logit, the first of equal ones. A label
 * of `classes` or more gives a NaN loss. Throws `RangeError` for sizes that do not fit.
 */
export function softmaxCrossEntropy(
  gpu: Gpu,
  storages: LossOutputs & { readonly logits: Storage; readonly labels: Storage },
  { n, classes }: { readonly n: number; readonly classes: number },
): void {
  const { logits, labels, dLogits } = storages;
  const op = 'softmaxCrossEntropy';
  checkSizes(op, { n, classes });
  checkStorages(op, {
    logits: [logits, n * classes],
    labels: [labels, n],
    dLogits: [dLogits, n * classes],
  });
  const terms = gpu.temporary(2 * n * 4, 'loss terms');
  gpu.run(
    crossEntropyKernel(dLogits !== undefined),
    given({ logits, labels, terms, dLogits }),
    { n, classes },
    rowOfWorkgroups(n),
  );
  reduceTerms(gpu, op, terms, storages, n);
}

/**
 * Mean binary cross-entropy of logits [n] and targets [n] (floats, 0 … 1) through a sigmoid, and its gradient
 * (sigmoid − target) / n. A sample is right where its probability is over ½ just if its target is. Throws `RangeError`
 * for sizes that do not fit.
 */
export function bceWithLogits(
  gpu: Gpu,
  storages: LossOutputs & { readonly logits: Storage; readonly targets: Storage },
  { n }: { readonly n: number },
): void {
  const { logits, targets, dLogits } = storages;
  const op = 'bceWithLogits';
  checkSizes(op, { n });
  checkStorages(op, { logits: [logits, n], targets: [targets, n], dLogits: [dLogits, n] });
  const terms = gpu.temporary(2 * n * 4, 'loss terms');
  gpu.run(
    bceKernel(dLogits !== undefined),
    given({ logits, targets, terms, dLogits }),
    { n },
    rowOfWorkgroups(Math.ceil(n / WORKGROUP)),
  );
  reduceTerms(gpu, op, terms, storages, n);
}

function reduceTerms(gpu: Gpu, op: string, terms: Storage, { loss, correct }: LossOutputs, n: number): void {
  checkStorages(op, { loss: [loss, 1], correct: [correct, 1] });
  gpu.run(reduceTermsKernel(correct !== undefined), given({ terms, loss, correct }), { n }, [1]);
}
