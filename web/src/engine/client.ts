/** The page's end of the line to its engine: functions that resolve once the worker has answered. */
import type { Answering, EngineCalls, EngineEvent, Failure, FromEngine, Request } from './protocol.ts';

/** What went wrong in the engine. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export type EngineClient = Answering<EngineCalls>;

/** Starts the engine; `onEvent` takes what it tells by itself. */
export function startEngine(onEvent: (event: EngineEvent) => void): EngineClient {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
    if ('event' in data) return onEvent(data.event);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if ('failure' in data) call?.reject(new EngineError(data.failure));
    else call?.resolve(data.result);
  };
  worker.onerror = ({ message }) => {
    const error = new EngineError({ message: `The engine has failed: ${message}. Reload the page.` });
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const ask = (name: keyof EngineCalls, args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      const request: Request = { id: asked++, name, args };
      waiting.set(request.id, { resolve, reject });
      // Pictures move instead of being copied: those of a camera are many.
      worker.postMessage(
        request,
        args.filter((arg) => arg instanceof ImageBitmap),
      );
    });
  return new Proxy({} as EngineClient, {
    get:
      (_, name: keyof EngineCalls) =>
      (...args: readonly unknown[]) =>
        ask(name, args),
  });
}
