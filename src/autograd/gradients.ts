/**
 * The kernels of networks that only a backward pass runs. Operations name them here and `backward` fills them in (backward.ts): so a
 * page that asks a network and trains none carries none of them.
 */
import type * as avgPool from '../kernels/avg-pool/index.ts';
import type * as batchNorm from '../kernels/batch-norm/index.ts';
import type * as conv2d from '../kernels/conv2d/index.ts';
import type * as linear from '../kernels/linear/index.ts';
import type * as maxPool from '../kernels/max-pool/index.ts';

export type GradientKernels = Pick<typeof avgPool, 'avgPoolBackward'> &
  Pick<typeof batchNorm, 'batchNormBackward'> &
  Pick<typeof conv2d, 'conv2dBackwardData' | 'conv2dBackwardWeight'> &
  Pick<typeof linear, 'linearBackward'> &
  Pick<typeof maxPool, 'maxPoolBackward'>;

/** Nobody but `backward` calls what an operation does on the way back, so that they are there by then. */
export const gradients = {} as GradientKernels;
