/**
 * The operations from buffers to buffers, for whoever brings an engine of their own: each records its kernels on a `Gpu`, which runs
 * them at the end of a scope. Activations are [N, H, W, C]. `defineKernel` makes further ones.
 */
export { requestDevice } from '../gpu/device.ts';
export {
  defineKernel,
  DeviceLostError,
  Gpu,
  GpuError,
  GpuOutOfMemoryError,
  GpuValidationError,
  MAX_WORKGROUPS,
  read,
  rowOfWorkgroups,
  Storage,
  wgsl,
  write,
  type GpuOptions,
  type Grid,
  type Kernel,
} from '../gpu/index.ts';
export { adam } from '../kernels/adam/index.ts';
export { avgPoolBackward, avgPoolForward, type AvgPoolShape } from '../kernels/avg-pool/index.ts';
export {
  batchNormBackward,
  batchNormForward,
  batchNormInvStd,
  batchNormStatistics,
} from '../kernels/batch-norm/index.ts';
export { cast } from '../kernels/cast/index.ts';
export {
  conv2dBackwardData,
  conv2dBackwardWeight,
  conv2dFlops,
  conv2dForward,
  oihwToRsck,
  outputSize,
  rsckToOihw,
  type Conv2dShape,
} from '../kernels/conv2d/index.ts';
export {
  accumulate,
  add,
  gelu,
  geluBackward,
  mul,
  relu,
  reluBackward,
  scale,
  sigmoid,
  sigmoidBackward,
} from '../kernels/elementwise/index.ts';
export { gatherRows } from '../kernels/gather/index.ts';
export * from '../kernels/linear/index.ts';
export * from '../kernels/loss/index.ts';
export * from '../kernels/max-pool/index.ts';
export * from '../kernels/preprocess/index.ts';
export * from '../kernels/reduce/index.ts';
export { sgd } from '../kernels/sgd/index.ts';
export { defineUpdate, runUpdate, type UpdateSpec } from '../kernels/update.ts';
