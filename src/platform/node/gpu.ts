// The engine on an adapter of this machine, with the way of waiting and compiling that fits the adapter.
import { Gpu, type GpuOptions } from '../../gpu/index.ts';
import type { OpenedAdapter } from './adapter.ts';
import { requestDevice } from './device.ts';
import { twinsOf } from './twins.ts';
import { waiterFor } from './wait.ts';

/** The engine on an opened adapter's device. Call it once, as `requestDevice` says. */
export async function createGpu(opened: OpenedAdapter, options: GpuOptions = {}): Promise<Gpu> {
  const { adapter, choice } = opened;
  return new Gpu(await requestDevice(adapter), {
    wait: waiterFor(choice),
    twins: twinsOf(opened),
    ...options,
  });
}
