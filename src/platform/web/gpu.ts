// The engine on a browser's adapter. Apart from the adapter, since a page asks for that before it loads the engine.
import { requestDevice } from '../../gpu/device.ts';
import { Gpu, type GpuOptions } from '../../gpu/index.ts';
import { WebGpuError } from './adapter.ts';

/** The engine on an adapter's device; an adapter gives only one. Throws `WebGpuError`. */
export async function createGpu(adapter: GPUAdapter, options: GpuOptions = {}): Promise<Gpu> {
  const device = await requestDevice(adapter).catch((error: unknown) => {
    throw new WebGpuError('no-device', error);
  });
  return new Gpu(device, { adapterInfo: adapter.info, ...options });
}
