/** The device that tests run on: one a process, since Dawn does not like to be started twice. Who ends one takes `secondDevice`. */
import { Gpu, type GpuOptions } from '../../src/gpu/index.ts';
import { openAdapter, requestDevice, waiterFor, type OpenedAdapter } from '../../src/platform/node/index.ts';

let opened: Promise<{ readonly device: GPUDevice } & OpenedAdapter> | undefined;

async function open(): Promise<{ readonly device: GPUDevice } & OpenedAdapter> {
  const adapter = await openAdapter();
  return { ...adapter, device: await requestDevice(adapter.adapter) };
}

/** The adapter that tests run on. */
export const testAdapter = (): Promise<OpenedAdapter> => (opened ??= open());

/** One more device of the adapter that tests run on. */
export async function secondDevice(): Promise<GPUDevice> {
  const { instance } = await (opened ??= open());
  const adapter = await instance.requestAdapter();
  if (!adapter) throw new Error('The test adapter has gone.');
  return requestDevice(adapter);
}

/** A `Gpu` on the test device; a missing adapter fails the suite. */
export async function testGpu(options: GpuOptions = {}): Promise<Gpu> {
  const { device, choice } = await (opened ??= open());
  return new Gpu(device, { wait: waiterFor(choice), ...options });
}

/**
 * The adapter that tests run on, taken for what it is not: one in software for a GPU, or the other way round. Kernels that share work
 * among threads by the kind of adapter then share it in the other way.
 */
export async function otherGrouping(): Promise<Gpu> {
  const gpu = await testGpu();
  return Object.create(gpu, { software: { value: !gpu.software } }) as Gpu;
}
