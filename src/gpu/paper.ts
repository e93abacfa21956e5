/**
 * A `Gpu` without a GPU: it records and rehearses for an adapter that is only described, so that one can look at the kernels
 * that would run there, on any machine and in no time. Nothing runs on it: what would be submitted fails.
 */
import { Gpu, type GpuOptions } from './gpu.ts';
import type { DeviceTraits } from './traits.ts';

/** What WebGPU promises of every adapter. */
const LIMITS = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxStorageBuffersPerShaderStage: 8,
  minStorageBufferOffsetAlignment: 256,
} as const;

/** The engine on an adapter with these traits, WebGPU's default limits and all of graft's optional features. */
export function paperGpu(
  { software, subgroupSize }: DeviceTraits,
  options: Pick<GpuOptions, 'without' | 'maxBindingBytes' | 'maxStorages'> = {},
): Gpu {
  const lanes = subgroupSize ?? undefined;
  const device = {
    adapterInfo: {
      ...{ vendor: '', architecture: '', device: '', description: 'paper', isFallbackAdapter: software },
      ...{ subgroupMinSize: lanes, subgroupMaxSize: lanes },
    },
    features: new Set(['shader-f16', 'subgroups']),
    limits: LIMITS,
    lost: new Promise(() => undefined),
    createBuffer: ({ size }: GPUBufferDescriptor) => ({ size, destroy: () => undefined }),
  };
  return new Gpu(device as unknown as GPUDevice, options); // all that recording touches
}
