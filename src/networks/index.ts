/** Networks by name, and those that programs build themselves. */
export { detectNetwork, type DetectedNetwork } from './detect.ts';
export { outputsIn, type NetworkEntry, type Spelling } from './network-entry.ts';
export { defaultNetwork, isNetworkName, networkNames, networks, type NetworkName } from './registry.ts';
export { ResNet, resnet18, resnet34 } from './resnet/network.ts';
