import { describe, expect, it, vi } from 'vitest';
import { napUntil, waiterFor } from './wait.ts';

const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));

/** How often the event loop turns until `promise` has settled. */
async function turnsUntil(promise: Promise<unknown>): Promise<number> {
  let turns = 0;
  let pending = true;
  void promise.then(() => (pending = false));
  while (pending) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  return turns;
}

describe('napUntil', () => {
  it('gives the value, or throws the error, of the promise', async () => {
    expect(await napUntil(after(5, 'done'), { spinMs: 0 })).toBe('done');
    await expect(napUntil(Promise.reject(new Error('lost')), { spinMs: 0 })).rejects.toThrow('lost');
  });

  it('naps about a millisecond a turn', async () => {
    // 50 ms of naps of at least 1 ms leave 50 turns; a spinning loop makes tens of thousands.
    expect(await turnsUntil(napUntil(after(50, null), { spinMs: 0 }))).toBeLessThan(100);
  });

  it('does not nap while it spins', async () => {
    const nap = vi.spyOn(Atomics, 'wait');
    await napUntil(after(10, null), { spinMs: 10_000 });
    expect(nap).not.toHaveBeenCalled();
    await napUntil(after(10, null), { spinMs: 0 });
    expect(nap).toHaveBeenCalled();
    nap.mockRestore();
  });

  it('serves timers while it waits', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await napUntil(after(60, null), { spinMs: 0 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});

describe('waiterFor', () => {
  it('naps at once on a software adapter', async () => {
    const nap = vi.spyOn(Atomics, 'wait');
    await waiterFor({ software: true })(after(3, null));
    expect(nap).toHaveBeenCalled();
    nap.mockRestore();
  });
});
