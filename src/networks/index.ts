/** Networks by name, and those that programs build themselves. */
export { detectNetwork, outputsIn, type DetectedNetwork } from './detect.ts';
export type { NetworkEntry, Spelling } from './network-entry.ts';
export { defaultNetwork, isNetworkName, networkNames, networks, type NetworkName } from './registry.ts';
export { ResNet, resnet18, resnet34 } from './resnet/network.ts';
