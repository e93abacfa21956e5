/**
 * The operations that every page needs: those of ResNets. Bundlers give a module to all that reach it, used or not, so the others are
 * reached by all.ts alone, and a network that comes late brings along what it needs of them.
 */
export { batchNorm, type BatchNormOptions } from './batch-norm.ts';
export { cast } from './cast.ts';
export { conv2dBatchNorm } from './conv2d-batch-norm.ts';
export { linear } from './linear.ts';
export { bceWithLogits, crossEntropy, nllLoss, type Loss } from './loss.ts';
export type { BceOptions, CrossEntropyOptions, LabelOptions, Reduction } from '../kernels/loss/index.ts';
export { plainConv2d, plainOptions, type Conv2dOptions, type PlainOptions } from './plain-conv2d.ts';
export { globalAvgPool, plainMaxPool2d } from './pool.ts';
export { backward, gradientOf } from './backward.ts';
export { apply, sizeOf, Tensor, type Application, type TrainedLeaf } from './tensor.ts';
