export { GELU, Hardsigmoid, Hardswish, ReLU, ReLU6, Sigmoid, SiLU } from './activations.ts';
export { Dropout, LayerNorm, LogSoftmax, Softmax } from './norms.ts';
export { isWithin, Module, type Owned } from './module.ts';
export { BatchNorm2d, Conv2d, convNorm, Linear, PlainConv2d, type AfterNorm } from './layers.ts';
export { headOf, headStage, isInStage, lastStageOf, Network, type Stage, type Stages } from './network.ts';
export { Buffer, Parameter, type HostTensor, type StateDict } from './parameter.ts';
