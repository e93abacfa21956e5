// Waiting for the GPU without burning a core. While a Dawn promise is pending, Dawn's Node binding re-queues itself
// with setImmediate and spins the main thread; on a software adapter that core is one of those that run the kernels. So
// the wait naps between turns of the event loop. docs/decisions.md has the numbers. Browsers need none of this.

import type { Waiter } from '../../gpu/index.ts';

const NAP_MS = 1;
/** Answers that come immediately are not worth a nap on a real GPU, whose kernels run elsewhere while this thread spins. */
const GPU_SPIN_MS = 1;

// Nobody ever notifies this cell: Atomics.wait on it is a sleep, the only one that JavaScript has.
const bed = new Int32Array(new SharedArrayBuffer(4));

/**
 * Waits for `promise`, sleeping 1 ms in every turn of the event loop once `spinMs` milliseconds have passed, and
 * settles as `promise` does. Other events (timers, messages of workers) are still served, up to 1 ms late.
 */
export async function napUntil<T>(promise: Promise<T>, { spinMs }: { spinMs: number }): Promise<T> {
  let pending = true;
  const settled = () => {
    pending = false;
  };
  promise.then(settled, settled);
  const firstNap = performance.now() + spinMs;
  while (pending) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (pending && performance.now() >= firstNap) Atomics.wait(bed, 0, 0, NAP_MS);
  }
  return promise;
}

/** The wait that fits an adapter: a software one naps at once, a hardware one spins for a millisecond first. */
export function waiterFor(adapter: { readonly software: boolean }): Waiter {
  const spinMs = adapter.software ? 0 : GPU_SPIN_MS;
  return (promise) => napUntil(promise, { spinMs });
}
