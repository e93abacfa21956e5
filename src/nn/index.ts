/** Modules, and the layers of ResNets; all.ts has the others, for the reason that autograd/index.ts gives. */
export { isWithin, Module, type Owned } from './module.ts';
export { BatchNorm2d, convNorm, Linear, PlainConv2d, type AfterNorm } from './layers.ts';
export { headOf, headStage, isInStage, lastStageOf, Network, type Stage, type Stages } from './network.ts';
export { Buffer, Parameter, type HostTensor, type StateDict } from './parameter.ts';
