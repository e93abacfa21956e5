/** The page's end of the line to its worker: functions that resolve once it has answered. */
import type { Asked, Asking, Told } from './protocol.ts';

/** What went wrong in the worker. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';

  constructor(
    message: string,
    /** Why there is no device, where that is it. */
    readonly webGpu: string | undefined,
  ) {
    super(message);
  }
}

/** Starts the worker; `onProgress` hears how far it is with what takes long. */
export function startWorker(onProgress: (done: number, total: number) => void): Asking {
  const worker = new Worker(new URL('./photo-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if ('done' in data) return onProgress(data.done, data.total);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if ('message' in data) call?.reject(new WorkerError(data.message, data.webGpu));
    else call?.resolve(data.result);
  };
  worker.onerror = ({ message }) => {
    const error = new WorkerError(`The worker has failed: ${message}. Reload the page.`, undefined);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const ask = (name: Asked['name'], args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      const message: Asked = { id: asked++, name, args };
      waiting.set(message.id, { resolve, reject });
      worker.postMessage(message);
    });
  return new Proxy({} as Asking, {
    get:
      (_, name: Asked['name']) =>
      (...args: readonly unknown[]) =>
        ask(name, args),
  });
}
