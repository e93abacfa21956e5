/**
 * Batch normalisation (Ioffe and Szegedy 2015), fused with what follows it in a residual block: the addition of the
 * shortcut and ReLU. One kernel reads x once and writes y once for all three.
 */
import type { Storage } from '../gpu/index.ts';
import { batchNormForward, batchNormInvStd, batchNormStatistics } from '../kernels/batch-norm/index.ts';
import { gradients } from './gradients.ts';
import { apply, refuseHalf, type Tensor } from './tensor.ts';

/** Which statistics a batch norm uses, and what follows it in the same kernel. */
export interface BatchNormOptions {
  /** `batch` normalises by the batch's own statistics and moves the running ones; `running` uses the running ones. */
  readonly mode: 'batch' | 'running';
  readonly runningMean: Storage;
  readonly runningVar: Storage;
  readonly eps: number;
  /** The share of the batch's statistics in the new running ones. */
  readonly momentum: number;
  /** Added before ReLU; the same shape as x. */
  readonly residual?: Tensor | undefined;
  readonly relu?: boolean;
}

/**
 * y = (x − mean) / √(var + eps) · weight + bias [+ residual] [then ReLU]; x `[…, C]`, weight and bias `[C]`. Throws
 * `RangeError` where the shapes do not go together, for f16, and in batch mode for a single value per channel.
 *
 * ```ts
 * const [x, one, zero] = [[300, 700], [1], [0]].map((values) => gpu.upload(Float32Array.from(values)));
 * const channel = (storage: Storage) => new Tensor(gpu, [1], storage);
 * const running = { runningMean: gpu.upload(Float32Array.of(500)), runningVar: gpu.upload(Float32Array.of(1e4)) };
 * const y = batchNorm(new Tensor(gpu, [2, 1], x!), channel(one!), channel(zero!), {
 *   ...running,
 *   mode: 'running',
 *   eps: 0,
 *   momentum: 0.1,
 * });
 * await y.read(); // → [-2, 2]
 * ```
 */
export function batchNorm(x: Tensor, weight: Tensor, bias: Tensor, options: BatchNormOptions): Tensor {
  const { gpu } = x;
  const { mode, runningMean, runningVar, eps, momentum, residual, relu = false } = options;
  refuseHalf('batchNorm', residual ? [x, residual] : [x]);
  const channels = weight.size;
  const rows = x.size / channels;
  if (x.shape.at(-1) !== channels) {
    throw new RangeError(
      `batchNorm: x [${x.shape.join(', ')}] has not the ${channels} channels of its weight.`,
    );
  }
  if (residual && residual.shape.join() !== x.shape.join()) {
    throw new RangeError(
      `batchNorm: x [${x.shape.join(', ')}] and residual [${residual.shape.join(', ')}] differ in shape.`,
    );
  }
  const invStd = gpu.temporary(channels * 4, 'invStd');
  let mean = runningMean;
  if (mode === 'batch') {
    mean = gpu.temporary(channels * 4, 'mean');
    const storages = { x: x.storage, mean, invStd, runningMean, runningVar };
    batchNormStatistics(gpu, storages, { rows, channels, eps, momentum });
  } else {
    batchNormInvStd(gpu, { variance: runningVar, invStd }, { channels, eps });
  }
  let result: Storage | undefined;
  return apply(gpu, {
    op: 'batchNorm',
    inputs: residual ? [x, weight, bias, residual] : [x, weight, bias],
    shape: x.shape,
    relu,
    forward: (y) => {
      result = y;
      const storages = {
        x: x.storage,
        mean,
        invStd,
        weight: weight.storage,
        bias: bias.storage,
        residual: residual?.storage,
        y,
      };
      batchNormForward(gpu, storages, { rows, channels, relu });
    },
    backward: (dy, [dx, dWeight, dBias, dResidual]) => {
      // The kernels of batch mode read x anyway, and tell from it where ReLU let through unless a residual was added.
      const byInput = relu && mode === 'batch' && !residual;
      const storages = {
        dy,
        x: x.storage,
        y: relu && !byInput ? result : undefined,
        bias: byInput ? bias.storage : undefined,
        mean,
        invStd,
        weight: weight.storage,
        dx,
        dWeight,
        dBias,
        dResidual,
      };
      gradients.batchNormBackward(gpu, storages, { rows, channels, relu, mode });
    },
  });
}
