/** What the page waits for, and what went wrong last. */
import { signal } from '@preact/signals';
import { messageOf } from '../../../../src/format.ts';
import { EngineError } from '../../engine/client.ts';

/** What keeps the page from working, or what went wrong last; with the kind of the WebGPU problem, where it is one. */
export const failure = signal<{ readonly message: string; readonly webGpu?: string | undefined } | undefined>(
  undefined,
);
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
    const webGpu = error instanceof EngineError ? error.failure.webGpu : undefined;
    failure.value = { message: messageOf(error), webGpu };
    return undefined;
  } finally {
    busy.value = undefined;
    progress.value = undefined;
  }
}
