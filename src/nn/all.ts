/** All modules: those of index.ts, and those that ResNets do without. */
export * from './index.ts';
export { GELU, Hardsigmoid, Hardswish, ReLU, ReLU6, Sigmoid, SiLU } from './activations.ts';
export { Conv2d, type Conv2dOptions } from './conv2d.ts';
export { Dropout } from './dropout.ts';
export { LayerNorm, LogSoftmax, Softmax } from './norms.ts';
