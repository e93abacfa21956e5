/**
 * Losses take logits. Their kernels compute value and gradient together, from the same exponentials. `backward`
 * usually starts here, so the gradient is already there; it is multiplied only if another operation follows the loss.
 */
import type { Storage } from '../gpu/index.ts';
import { scale, scaleRows } from '../kernels/elementwise/index.ts';
import {
  bceWithLogits as bceKernel,
  type BceOptions,
  type CrossEntropyOptions,
  type LabelOptions,
  nllLoss as nllKernel,
  type Reduction,
  softmaxCrossEntropy,
} from '../kernels/loss/index.ts';
import { apply, sizeOf, type Tensor } from './tensor.ts';

/** What a loss gives, both as they are when the scope is done. */
export interface Loss {
  /** The mean over the batch or the sum, a scalar; one for each sample without a reduction. */
  readonly loss: Tensor;
  /** How many of the batch are classified correctly: one float. */
  readonly correct: Storage;
}

/**
 * −log softmax(logits)[label], the mean of it by default; logits `[…, classes]`, a u32 label for each row of them, as
 * torch.nn.functional.cross_entropy with its label_smoothing, weight, ignore_index and reduction. Throws `RangeError` for options out
 * of range.
 *
 * ```ts
 * const logits = new Tensor(gpu, [1, 2], gpu.upload(Float32Array.of(0, 0)));
 * const { loss } = crossEntropy(logits, gpu.upload(Uint32Array.of(0)));
 * await loss.read(); // → [Math.LN2]
 * ```
 */
export function crossEntropy(logits: Tensor, labels: Storage, options: CrossEntropyOptions = {}): Loss {
  const size = rowsOf(logits);
  return lossOf(logits, sampleShape(logits), options, (outputs) =>
    softmaxCrossEntropy(logits.gpu, { logits: logits.storage, labels, ...outputs }, size, options),
  );
}

/**
 * −logProbabilities[label], the mean of it by default; logProbabilities `[…, classes]` as `logSoftmax` gives them, a u32 label for each
 * row, as torch.nn.functional.nll_loss with its weight, ignore_index and reduction. Throws `RangeError` for options out of range.
 *
 * ```ts
 * const x = new Tensor(gpu, [3, 2], gpu.upload(Float32Array.of(-1, -2, -3, -4, -5, -6)));
 * const labels = gpu.upload(Uint32Array.of(0, 1, 7));
 * await nllLoss(x, labels, { ignoreIndex: 7, reduction: 'sum' }).loss.read(); // → [5]
 * ```
 */
export function nllLoss(logProbabilities: Tensor, labels: Storage, options: LabelOptions = {}): Loss {
  const { gpu, storage } = logProbabilities;
  const size = rowsOf(logProbabilities);
  return lossOf(logProbabilities, sampleShape(logProbabilities), options, (outputs) =>
    nllKernel(gpu, { logProbabilities: storage, labels, ...outputs }, size, options),
  );
}

/**
 * Binary cross-entropy, its mean by default; logits of any shape, `[N, 1]` or `[N]`, and as many targets as floats, as
 * binary_cross_entropy_with_logits with its pos_weight and reduction. Throws `RangeError` for options out of range.
 *
 * ```ts
 * const logits = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, 0)));
 * const { loss } = bceWithLogits(logits, gpu.upload(Float32Array.of(0, 1)));
 * await mul(loss, loss).read(); // → [Math.LN2 ** 2]
 * ```
 */
export function bceWithLogits(logits: Tensor, targets: Storage, options: BceOptions = {}): Loss {
  return lossOf(logits, logits.shape, options, (outputs) =>
    bceKernel(logits.gpu, { logits: logits.storage, targets, ...outputs }, { n: logits.size }, options),
  );
}

/** How many rows logits have, and how long they are. */
const rowsOf = ({ shape, size }: Tensor) => ({ n: size / (shape.at(-1) ?? 1), classes: shape.at(-1) ?? 1 });
const sampleShape = ({ shape }: Tensor): readonly number[] => shape.slice(0, -1);

interface LossOutputs {
  readonly loss: Storage;
  readonly correct: Storage;
  readonly dLogits?: Storage | undefined;
}

function lossOf(
  logits: Tensor,
  samples: readonly number[],
  { reduction }: { readonly reduction?: Reduction | undefined },
  run: (outputs: LossOutputs) => void,
): Loss {
  const { gpu } = logits;
  const correct = gpu.temporary(4, 'correct');
  const dLogits = logits.requiresGrad ? gpu.temporary(logits.size * 4, 'gradient of logits') : undefined;
  const isOneEach = reduction === 'none';
  const loss = apply(gpu, {
    op: 'loss',
    inputs: [logits],
    shape: isOneEach ? samples : [],
    forward: (loss) => run({ loss, correct, dLogits }),
    backward: (dy, [gradient], isSeed) => {
      if (!dLogits || !gradient) return;
      if (isSeed) gpu.copy(dLogits, gradient);
      else if (!isOneEach) scale(gpu, { x: dLogits, factor: dy, y: gradient }, logits.size);
      else {
        const [rows, columns] = [sizeOf(samples), logits.size / sizeOf(samples)];
        scaleRows(gpu, { x: dLogits, factors: dy, y: gradient }, { rows, columns });
      }
    },
  });
  return { loss, correct };
}
