/** The one engine of the page, and who hears what it tells. */
import { startEngine } from '../../engine/client.ts';
import type { EngineEvent } from '../../engine/protocol.ts';

const listeners: ((event: EngineEvent) => void)[] = [];

export const engine = startEngine((event) => {
  for (const listener of listeners) listener(event);
});

/** Calls `listener` with everything that it tells from now on. */
export function onEngineEvent(listener: (event: EngineEvent) => void): void {
  listeners.push(listener);
}
