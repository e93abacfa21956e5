export { isWithin, Module } from './module.ts';
export { BatchNorm2d, Conv2d, Linear } from './layers.ts';
export { Buffer, Parameter, type HostTensor, type StateDict } from './parameter.ts';
export { BasicBlock, ResNet, resnet18, resnet34 } from './resnet.ts';
