/**
 * Losses take logits. Their kernels compute value and gradient together, from the same exponentials. `backward`
 * usually starts here, so the gradient is already there; it is multiplied only if another operation follows the loss.
 */
import type { Storage } from '../gpu/index.ts';
import { scale } from '../kernels/elementwise/index.ts';
import {
  bceWithLogits as bceKernel,
  type BceOptions,
  type CrossEntropyOptions,
  softmaxCrossEntropy,
} from '../kernels/loss/index.ts';
import { apply, type Tensor } from './tensor.ts';

/** What a loss gives, both as they are when the scope is done. */
export interface Loss {
  /** The mean over the batch, a scalar. */
  readonly loss: Tensor;
  /** How many of the batch are classified correctly: one float. */
  readonly correct: Storage;
}

/**
 * −mean log softmax(logits)[label]; logits `[N, classes]`, labels N u32, as torch.nn.functional.cross_entropy with its
 * label_smoothing and weight. Throws `RangeError` for options out of range.
 *
 * ```ts
 * const logits = new Tensor(gpu, [1, 2], gpu.upload(Float32Array.of(0, 0)));
 * const { loss } = crossEntropy(logits, gpu.upload(Uint32Array.of(0)));
 * await loss.read(); // → [Math.LN2]
 * ```
 */
export function crossEntropy(logits: Tensor, labels: Storage, options: CrossEntropyOptions = {}): Loss {
  const [n = 0, classes = 0] = logits.shape;
  return lossOf(logits, (outputs) =>
    softmaxCrossEntropy(logits.gpu, { logits: logits.storage, labels, ...outputs }, { n, classes }, options),
  );
}

/**
 * Mean binary cross-entropy; logits `[N, 1]` or `[N]`, targets N floats, as binary_cross_entropy_with_logits with its
 * pos_weight. Throws `RangeError` for options out of range.
 *
 * ```ts
 * const logits = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, 0)));
 * const { loss } = bceWithLogits(logits, gpu.upload(Float32Array.of(0, 1)));
 * await mul(loss, loss).read(); // → [Math.LN2 ** 2]
 * ```
 */
export function bceWithLogits(logits: Tensor, targets: Storage, options: BceOptions = {}): Loss {
  return lossOf(logits, (outputs) =>
    bceKernel(logits.gpu, { logits: logits.storage, targets, ...outputs }, { n: logits.size }, options),
  );
}

interface LossOutputs {
  readonly loss: Storage;
  readonly correct: Storage;
  readonly dLogits?: Storage | undefined;
}

function lossOf(logits: Tensor, run: (outputs: LossOutputs) => void): Loss {
  const { gpu } = logits;
  const correct = gpu.temporary(4, 'correct');
  const dLogits = logits.requiresGrad ? gpu.temporary(logits.size * 4, 'gradient of logits') : undefined;
  const loss = apply(gpu, {
    op: 'loss',
    inputs: [logits],
    shape: [],
    forward: (loss) => run({ loss, correct, dLogits }),
    backward: (dy, [gradient], isSeed) => {
      if (!dLogits || !gradient) return;
      if (isSeed) gpu.copy(dLogits, gradient);
      else scale(gpu, { x: dLogits, factor: dy, y: gradient }, logits.size);
    },
  });
  return { loss, correct };
}
