/** What the engine wants to know of an adapter: before it chooses kernels for it, and to know it again. */

export interface DeviceTraits {
  /** Whether the adapter is a CPU in disguise (lavapipe, SwiftShader, WARP): kernels for it are shaped differently. */
  readonly software: boolean;
  /** Lanes of a subgroup, where that is one known number and the device may use subgroups. */
  readonly subgroupSize: number | null;
}

export function traitsOf({ adapterInfo: info, features }: GPUDevice): DeviceTraits {
  const named = `${info.description} ${info.architecture}`;
  const software = info.isFallbackAdapter || /llvmpipe|swiftshader|basic render/i.test(named);
  const { subgroupMinSize: lanes, subgroupMaxSize } = info;
  const known = features.has('subgroups') && lanes !== undefined && lanes === subgroupMaxSize;
  return { software, subgroupSize: known ? lanes : null };
}

/** What tells adapters and their drivers apart; some of it is empty on some platforms. */
export interface AdapterIdentity {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  /** Most drivers give their version here. */
  readonly description: string;
}

/** What a `GPUAdapter` or `GPUDevice` says of itself. */
export const adapterIdentity = ({ vendor, architecture, device, description }: GPUAdapterInfo) =>
  ({ vendor, architecture, device, description }) satisfies AdapterIdentity;
