import { describe, expect, it } from 'vitest';
import { ahead } from './ahead.ts';
import { holdAhead, holdAll } from './hold-ahead.ts';

/** Holds that tell what happens to them. */
function logged(log: string[], failing?: number) {
  return async (n: number) => {
    log.push(`ask ${n}`);
    await Promise.resolve();
    if (n === failing) throw new Error(`no ${n}`);
    return () => void log.push(`free ${n}`);
  };
}

describe('holdAhead', () => {
  it('asks for the next items before it gives one, and frees it when the next is asked for', async () => {
    const log: string[] = [];
    for await (const n of holdAhead([1, 2, 3], logged(log), 2)) log.push(`use ${n}`);
    expect(log).toEqual([
      ...['ask 1', 'ask 2', 'use 1', 'free 1', 'ask 3'],
      ...['use 2', 'free 2', 'use 3', 'free 3'],
    ]);
  });

  it('frees everything where it is left early, or one cannot be held', async () => {
    for (const failing of [undefined, 3]) {
      const log: string[] = [];
      const use = async () => {
        for await (const n of holdAhead([1, 2, 3, 4, 5], logged(log, failing)))
          if (n === 2 && failing === undefined) break;
      };
      if (failing === undefined) await use();
      else await expect(use()).rejects.toThrow('no 3');
      const asked = log.filter((line) => line.startsWith('ask')).length;
      const freed = log.filter((line) => line.startsWith('free')).length;
      expect(freed).toBe(asked - (failing === undefined ? 0 : 1));
    }
  });

  it('has what a piece of work needs at hand while that starts', async () => {
    const log: string[] = [];
    const start = (n: number) => Promise.resolve(void log.push(`start ${n}`));
    for await (const _ of ahead([1, 2], start, { hold: logged(log) }));
    expect(log).toEqual(['ask 1', 'ask 2', 'start 1', 'free 1', 'start 2', 'free 2']);
  });
});

describe('holdAll', () => {
  it('holds what is in several lists', async () => {
    const asked: number[][] = [];
    const hold = holdAll((indices) =>
      Promise.resolve(void asked.push([...indices])).then(() => () => undefined),
    );
    await hold?.([Uint32Array.of(3, 1), Uint32Array.of(2)]);
    expect(asked).toEqual([[3, 1, 2]]);
    expect(holdAll(undefined)).toBeUndefined();
  });
});
