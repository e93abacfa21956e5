export { batchNorm, type BatchNormOptions } from './batch-norm.ts';
export { cast } from './cast.ts';
export { conv2d } from './conv2d.ts';
export { conv2dBatchNorm } from './conv2d-batch-norm.ts';
export { linear } from './linear.ts';
export { bceWithLogits, crossEntropy, type Loss } from './loss.ts';
export type { BceOptions, CrossEntropyOptions } from '../kernels/loss/index.ts';
export { globalAvgPool, maxPool2d } from './pool.ts';
export { backward, sizeOf, Tensor, type TrainedLeaf } from './tensor.ts';
