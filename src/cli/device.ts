// The host of this face's runs, and the adapter for commands that need nothing else from it.
import { nodeHost, openGpu as openOn, type NodeHost } from '../platform/node/host.ts';
import { printable } from '../format.ts';
import type { OpenedGpu } from '../run/host.ts';
import { colours as pc } from './terminal/colours.ts';
import { typed } from './terminal/invocation.ts';

/** What `src/run` needs, in this process. */
export const commandHost = (): NodeHost => nodeHost({ onBadAutotuned: warnOfAutotuned });

/** Opens this machine's best adapter, or the one that `want` names; rejects with `AdapterError` if there is none. */
export const openGpu = (want?: string): Promise<OpenedGpu> =>
  openOn({ onBadAutotuned: warnOfAutotuned, ...(want !== undefined && { want }) });

function warnOfAutotuned(reason: string): void {
  console.error(
    `${pc.yellow('warning:')} ${printable(reason)}; it is not used (${typed('autotune')} writes a new one).`,
  );
}
