// From the machine to the engine: the adapter that suits it, wrapped as a Gpu that waits the way this adapter needs.
import { Gpu } from '../gpu/index.ts';
import { openAdapter, requestDevice, waiterFor } from '../platform/node.ts';

export interface OpenedGpu {
  readonly gpu: Gpu;
  /** The adapter for people, and where it is slow, who knows what would be faster. */
  readonly name: string;
}

/** Opens this machine's best adapter; rejects with `AdapterError` where there is none. */
export async function openGpu(): Promise<OpenedGpu> {
  const { adapter, choice } = await openAdapter();
  const gpu = new Gpu(await requestDevice(adapter), { wait: waiterFor(choice) });
  const { device, description } = adapter.info;
  const slow = `${choice.kind}, on the CPU (npm run doctor says what would be faster)`;
  return { gpu, name: choice.software ? slow : device || description };
}
