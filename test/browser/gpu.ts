/** The device of test/support/gpu.ts in a browser: one for all tests of a worker. */
import { Gpu, type GpuOptions } from '../../src/gpu/index.ts';
import { requestDevice } from '../../src/gpu/device.ts';
import { openAdapter } from '../../src/platform/web/adapter.ts';

let device: Promise<GPUDevice> | undefined;

/** One more device of the adapter that tests run on. */
export const secondDevice = async (): Promise<GPUDevice> => requestDevice(await openAdapter());

/** A `Gpu` on the test device; a missing adapter fails the tests. */
export const testGpu = async (options: GpuOptions = {}): Promise<Gpu> =>
  new Gpu(await (device ??= secondDevice()), options);

/** The adapter taken for what it is not, as in test/support/gpu.ts. */
export async function otherGrouping(): Promise<Gpu> {
  const gpu = await testGpu();
  return Object.create(gpu, { software: { value: !gpu.software } }) as Gpu;
}
