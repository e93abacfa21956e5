/** The device that tests run on: one a process, since Dawn does not like to be started twice. */
import { create, globals } from 'webgpu';
import { Gpu, type GpuOptions } from '../../src/gpu/index.ts';

// Kept for the life of the process: collecting it while work is pending crashes.
let instance: GPU | undefined;
let opened: Promise<GPUDevice> | undefined;

async function openDevice(): Promise<GPUDevice> {
  process.env['XDG_RUNTIME_DIR'] ??= '/tmp';
  process.env['VK_DRIVER_FILES'] ??= '/usr/share/vulkan/icd.d/lvp_icd.json';
  Object.assign(globalThis, globals);
  instance = create(['enable-dawn-features=allow_unsafe_apis']);
  const adapter = await instance.requestAdapter();
  if (!adapter) throw new Error('no adapter');
  const { limits } = adapter;
  return adapter.requestDevice({
    requiredFeatures: (['timestamp-query', 'subgroups', 'shader-f16'] as const).filter((f) =>
      adapter.features.has(f),
    ),
    requiredLimits: { maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize },
  });
}

/** A `Gpu` on the test device; a missing adapter fails the suite. */
export async function testGpu(options: GpuOptions = {}): Promise<Gpu> {
  const device = await (opened ??= openDevice());
  return new Gpu(device, options);
}
