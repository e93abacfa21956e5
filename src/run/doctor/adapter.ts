/** What an adapter is, whether it computes right and how fast: the same questions for Node's drivers and for a browser's. */
import { OPTIONAL_FEATURES } from '../../gpu/device.ts';
import { Gpu, type Waiter } from '../../gpu/index.ts';
import { checkResults, measureSpeed, type Check, type Speed } from './kernels.ts';
import { checkOperations, type OperationsReport } from './operations/index.ts';

/** The limits that decide what fits on an adapter, in bytes, invocations, workgroups or bindings. */
export const shownLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
] as const;
export type ShownLimit = (typeof shownLimits)[number];

export interface AdapterReport {
  readonly features: readonly string[];
  readonly missingFeatures: readonly string[];
  /** Lanes of a subgroup, smallest and largest; undefined if there are none. */
  readonly subgroupSize: readonly [number, number] | undefined;
  readonly limits: Readonly<Record<ShownLimit, number>>;
  readonly check: Check;
  /** The engine's own kernels. */
  readonly operations: OperationsReport;
  readonly speed: Speed;
}

/** Examines a device of the adapter that `info` describes; takes a second or two. Rejects if the device fails. */
export async function examineAdapter(
  device: GPUDevice,
  { subgroupMinSize, subgroupMaxSize }: GPUAdapterInfo,
  wait: Waiter,
): Promise<AdapterReport> {
  const has = (feature: string) => device.features.has(feature);
  const limits = shownLimits.map((name) => [name, device.limits[name]]);
  return {
    features: OPTIONAL_FEATURES.filter(has),
    missingFeatures: OPTIONAL_FEATURES.filter((feature) => !has(feature)),
    subgroupSize: subgroupMinSize && subgroupMaxSize ? [subgroupMinSize, subgroupMaxSize] : undefined,
    limits: Object.fromEntries(limits) as AdapterReport['limits'],
    check: await checkResults(device, wait),
    operations: await checkOperations(new Gpu(device, { wait })),
    speed: await measureSpeed(device, wait),
  };
}
