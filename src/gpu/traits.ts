/** What the engine wants to know of an adapter: before it chooses kernels for it, and to know it again. */

export interface DeviceTraits {
  /** Whether the adapter is a CPU in disguise (lavapipe, SwiftShader, WARP): kernels for it are shaped differently. */
  readonly software: boolean;
  /** Lanes of a subgroup, where that is one known number and the device may use subgroups. */
  readonly subgroupSize: number | null;
}

/** What an adapter says of itself; browsers leave out what they do not know, or do not tell. */
export type AdapterInfo = Partial<GPUAdapterInfo>;

export function traitsOf(info: AdapterInfo, features: GPUSupportedFeatures): DeviceTraits {
  const { subgroupMinSize: lanes, subgroupMaxSize } = info;
  const known = features.has('subgroups') && lanes !== undefined && lanes === subgroupMaxSize;
  return { software: isSoftware(info), subgroupSize: known ? lanes : null };
}

/** Whether an adapter is a CPU: Mesa's llvmpipe (lavapipe), SwiftShader, or Windows' WARP, which is the Basic Render Driver. */
export function isSoftware(info: AdapterInfo): boolean {
  const { isFallbackAdapter, vendor = '', architecture = '', device = '', description = '' } = info;
  const named = [vendor, architecture, device, description].join(' ');
  return isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader|basic render|\bwarp\b/i.test(named);
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
