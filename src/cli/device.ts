// From the machine to the engine: the adapter that suits it, wrapped as a Gpu that waits the way this adapter needs and knows
// what was measured on it.
import { adapterIdentity, type Gpu } from '../gpu/index.ts';
import type { AutotuneTable } from '../kernels/autotune/table.ts';
import { createGpu, openAdapter } from '../platform/node/index.ts';
import { findAutotuned } from '../platform/node/autotune-file.ts';
import { colours as pc } from './terminal/colours.ts';
import { printable } from './terminal/format.ts';
import { typed } from './terminal/invocation.ts';

export interface OpenedGpu {
  readonly gpu: Gpu;
  /** The adapter for people, and where it is slow, who knows what would be faster. */
  readonly name: string;
}

/** Opens this machine's best adapter, or the one that `want` names; rejects with `AdapterError` where there is none. */
export async function openGpu(want?: string): Promise<OpenedGpu> {
  const opened = await openAdapter(want === undefined ? {} : { want });
  const { adapter, choice } = opened;
  const gpu = await createGpu(opened, { autotuned: await autotunedOf(adapter.info) });
  const { device, description } = adapter.info;
  const slow = `${choice.kind}, on the CPU (npm run doctor says what would be faster)`;
  return { gpu, name: choice.software ? slow : device || description };
}

/** What was measured on an adapter. A file that is no good is told of on stderr, and done without. */
async function autotunedOf(info: GPUAdapterInfo): Promise<AutotuneTable | undefined> {
  try {
    return (await findAutotuned(adapterIdentity(info)))?.table;
  } catch (error) {
    const reason = printable(error instanceof Error ? error.message : String(error));
    console.error(`${pc.yellow('warning:')} ${reason}; it is not used (${typed('autotune')} makes it anew).`);
    return undefined;
  }
}
