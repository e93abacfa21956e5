// What graft asks of an adapter: everything that its kernels can use and the adapter has, nothing that it lacks, so
// that one request works from SwiftShader to a discrete GPU. The same in Node and in browsers.

/** Features that kernels use where they exist; each kernel has a path without them. */
export const OPTIONAL_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const;

/** Limits whose defaults are worse than what most adapters have, and which bound the size of tiles and tensors. */
export const RAISED_LIMITS = [
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupsPerDimension',
  'minStorageBufferOffsetAlignment',
] as const;

/**
 * Requests a device with those of graft's optional features that `adapter` has and with its best limits.
 *
 * An adapter gives one device only: open another adapter for a second one. Rejects as `GPUAdapter.requestDevice` does.
 *
 * ```ts
 * // Where the adapter comes from is the platform's affair; with a device of one's own there is no need to ask.
 * const own = async (gpu: GPU) => {
 *   const adapter = await gpu.requestAdapter();
 *   return adapter && new Gpu(await requestDevice(adapter));
 * };
 * ```
 */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  return adapter.requestDevice({
    requiredFeatures: OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(
      // Those that a browser does not know, it does not have to raise.
      RAISED_LIMITS.filter((limit) => limit in adapter.limits).map((limit) => [limit, adapter.limits[limit]]),
    ),
  });
}
