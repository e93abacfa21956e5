/** All operations: those of index.ts, and those that ResNets do without. */
export * from './index.ts';
export { gelu, hardSigmoid, hardSwish, relu, relu6, sigmoid, silu, type GeluOptions } from './activations.ts';
export { conv2d } from './conv2d.ts';
export { dropout } from './dropout.ts';
export { add, div, mul, reshape, sub } from './elementwise.ts';
export { layerNorm, type LayerNormOptions } from './layer-norm.ts';
export { avgPool2d, maxPool2d, type MaxPoolOptions, type PoolWindow } from './window-pool.ts';
export { logSoftmax, softmax, type SoftmaxOptions } from './softmax.ts';
export { mean, sum, type AxesOptions } from './sum.ts';
