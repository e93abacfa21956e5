/** All networks that graft has, by the names under which weights and models speak of them. A family is one line here. */
import type { NetworkEntry } from './network-entry.ts';
import { resnets } from './resnet/index.ts';

export const networks = {
  ...resnets,
} satisfies Readonly<Record<string, NetworkEntry>>;

export type NetworkName = keyof typeof networks;

/** What a run starts from where nobody says another. */
export const defaultNetwork: NetworkName = 'resnet18';

export const networkNames = Object.keys(networks) as readonly NetworkName[];

export const isNetworkName = (name: string | undefined): name is NetworkName =>
  name !== undefined && Object.hasOwn(networks, name);
