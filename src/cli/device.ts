// From the machine to the engine: the adapter that suits it, wrapped as a Gpu that waits the way this adapter needs.
import { Gpu } from '../gpu/index.ts';
import { openAdapter, requestDevice, waiterFor } from '../platform/node.ts';

export interface OpenedGpu {
  readonly gpu: Gpu;
  /** The adapter for people: "llvmpipe (LLVM 19.1.7, 256 bits), on the CPU". */
  readonly name: string;
}

/** Opens this machine's best adapter; rejects with `AdapterError` where there is none. */
export async function openGpu(): Promise<OpenedGpu> {
  const { adapter, choice } = await openAdapter();
  const gpu = new Gpu(await requestDevice(adapter), { wait: waiterFor(choice) });
  const { device, description } = adapter.info;
  return { gpu, name: `${device || description}${choice.software ? ', on the CPU' : ''}` };
}
