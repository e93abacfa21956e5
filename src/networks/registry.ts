/** All networks that graft has, by the names under which weights and models speak of them. A family is one line here. */
import type { NetworkEntry } from './network-entry.ts';
import { mobileNets } from './mobilenet/index.ts';
import { resnets } from './resnet/index.ts';

/**
 * Every network by its name: its title, its parts, and how to make one.
 *
 * ```ts
 * networks.resnet50.title; // → 'ResNet-50'
 * networks.resnet50.stages.map(({ name }) => name); // → ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head']
 * networks.resnet18.create(gpu, 2).classes; // → 2
 * ```
 */
export const networks = {
  ...resnets,
  ...mobileNets,
} satisfies Readonly<Record<string, NetworkEntry>>;

/** The name of a network, as torchvision has it. */
export type NetworkName = keyof typeof networks;

/** What a run starts from where nobody says another. */
export const defaultNetwork: NetworkName = 'resnet18';

/**
 * The names of all networks.
 *
 * ```ts
 * networkNames.includes('resnet18'); // → true
 * ```
 */
export const networkNames = Object.keys(networks) as readonly NetworkName[];

export const isNetworkName = (name: string | undefined): name is NetworkName =>
  name !== undefined && Object.hasOwn(networks, name);
