/** The one engine of the page, and who hears what its runs tell. */
import { startEngine } from '../../engine/client.ts';
import type { PageEvent } from '../../engine/calls/runs.ts';

const listeners: ((event: PageEvent) => void)[] = [];

export const engine = startEngine((event) => {
  for (const listener of listeners) listener(event);
});

/** Calls `listener` with everything that runs tell from now on. */
export function onRunEvent(listener: (event: PageEvent) => void): void {
  listeners.push(listener);
}
