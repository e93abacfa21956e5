import { describe, expect, it } from 'vitest';
import { oneAhead } from './one-ahead.ts';

describe('oneAhead', () => {
  it('starts each piece of work before it gives the result of the one before', async () => {
    const log: string[] = [];
    const results = oneAhead([1, 2, 3], (n) => {
      log.push(`start ${n}`);
      return Promise.resolve(n * 10);
    });
    for await (const result of results) log.push(`result ${result}`);
    expect(log).toEqual(['start 1', 'start 2', 'result 10', 'start 3', 'result 20', 'result 30']);
  });

  it('gives results before the failure that follows, and no unhandled rejection', async () => {
    const seen: number[] = [];
    const run = async () => {
      const work = (n: number) => (n < 2 ? Promise.resolve(n) : Promise.reject(new Error(`no ${n}`)));
      for await (const result of oneAhead([0, 1, 2, 3], work)) seen.push(result);
    };
    await expect(run()).rejects.toThrow('no 2');
    expect(seen).toEqual([0, 1]);
  });

  it('waits for what is under way when the consumer stops', async () => {
    let finished = 0;
    const work = () => new Promise<void>((resolve) => setTimeout(() => resolve(void finished++), 5));
    for await (const _ of oneAhead([1, 2, 3, 4], work)) break;
    expect(finished).toBe(2);
  });

  it('starts nothing more once it is told to stop, but gives what was started', async () => {
    const controller = new AbortController();
    const [started, seen]: [number[], number[]] = [[], []];
    const work = (n: number) => Promise.resolve(void started.push(n)).then(() => n);
    const run = async () => {
      for await (const n of oneAhead([1, 2, 3, 4], work, { signal: controller.signal })) {
        seen.push(n);
        controller.abort(new Error('enough'));
      }
    };
    await expect(run()).rejects.toThrow('enough');
    expect([started, seen]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});
