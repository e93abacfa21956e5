import { describe, expect, it } from 'vitest';
import { ahead } from './ahead.ts';

/** A clock on which each piece of work takes a second. */
function slow() {
  let clock = 0;
  return { now: () => (clock += 1000) };
}

describe('ahead', () => {
  it('starts each piece of work before it gives the result of the one before', async () => {
    const log: string[] = [];
    const start = (n: number) => {
      log.push(`start ${n}`);
      return Promise.resolve(n * 10);
    };
    const results = ahead([1, 2, 3], start, slow());
    for await (const result of results) log.push(`result ${result}`);
    expect(log).toEqual(['start 1', 'start 2', 'result 10', 'start 3', 'result 20', 'result 30']);
  });

  it('gives results before the failure that follows, and no unhandled rejection', async () => {
    const seen: number[] = [];
    const run = async () => {
      const work = (n: number) => (n < 2 ? Promise.resolve(n) : Promise.reject(new Error(`no ${n}`)));
      for await (const result of ahead([0, 1, 2, 3], work)) seen.push(result);
    };
    await expect(run()).rejects.toThrow('no 2');
    expect(seen).toEqual([0, 1]);
  });

  it('waits for what is under way when the consumer stops', async () => {
    let finished = 0;
    const work = () => new Promise<void>((resolve) => setTimeout(() => resolve(void finished++), 5));
    for await (const _ of ahead([1, 2, 3, 4], work, slow())) break;
    expect(finished).toBe(2);
  });

  it('starts nothing more once it is told to stop, but gives what was started', async () => {
    const controller = new AbortController();
    const [started, seen]: [number[], number[]] = [[], []];
    const work = (n: number) => Promise.resolve(void started.push(n)).then(() => n);
    const run = async () => {
      for await (const n of ahead([1, 2, 3, 4], work, { ...slow(), signal: controller.signal })) {
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

  it('starts more ahead where work is done sooner than its result can be read', async () => {
    let clock = 0;
    let [started, read, most] = [0, 0, 0];
    const items = Array.from({ length: 200 }, (_, i) => i);
    const work = (n: number) => {
      most = Math.max(most, ++started - read);
      return Promise.resolve(n);
    };
    const seen: number[] = [];
    for await (const n of ahead(items, work, { now: () => (clock += 10) })) {
      read++;
      seen.push(n);
    }
    expect(seen).toEqual(items);
    expect(most).toBe(9); // eight ahead of the one that is waited for
  });

  it('has nothing under way where it is told to pause, however much was ahead', async () => {
    let clock = 0;
    let underWay = 0;
    const work = (n: number) => {
      underWay++;
      return Promise.resolve(n);
    };
    const isTime = (n: number) => n % 50 === 49;
    let last = -1;
    const items = Array.from({ length: 120 }, (_, i) => i);
    const results = ahead(
      items,
      (n) => {
        if (isTime(last)) expect(underWay).toBe(0);
        last = n;
        return work(n);
      },
      { now: () => (clock += 1), pause: () => isTime(last) },
    );
    for await (const _ of results) underWay--;
    expect(underWay).toBe(0);
  });
});
