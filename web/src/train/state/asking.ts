/** What the page waits for, and what went wrong last. */
import { signal } from '@preact/signals';
import { messageOf } from '../../../../src/format.ts';
import { EngineError } from '../../engine/client.ts';
import type { Failure } from '../../engine/protocol.ts';

/** What keeps the page from working, or what went wrong last; with its kind, where it is a known one. */
export const failure = signal<Failure | undefined>(undefined);
/** What is at work, in words; undefined while nothing is. */
export const busy = signal<string | undefined>(undefined);
export const progress = signal<{ readonly done: number; readonly total: number } | undefined>(undefined);

/** Asks the engine for something, and shows what goes wrong. */
export async function asking<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  busy.value = what;
  failure.value = undefined;
  try {
    return await work();
  } catch (error) {
    fail(error);
    return undefined;
  } finally {
    busy.value = undefined;
    progress.value = undefined;
  }
}

/** Shows what went wrong. */
export function fail(error: unknown): void {
  failure.value = error instanceof EngineError ? error.failure : { message: messageOf(error) };
}
