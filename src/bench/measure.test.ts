import { describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import type { Benchmark } from './benchmark.ts';
import { measureGroup, type MeasureOptions } from './measure.ts';

const gpu = { finish: () => Promise.resolve(), trim: () => undefined } as unknown as Gpu;
const options: MeasureOptions = { rounds: 3, leastRounds: 1, minMilliseconds: 1, deadline: Infinity };

/** Benchmarks that write down when each is opened, sampled and closed. */
function recorder() {
  const log: string[] = [];
  const benchmark = (operation: string, more: Partial<Benchmark> = {}, onSample?: () => void): Benchmark => ({
    ...{ operation, shape: 's', variant: 'v', group: 'g', ...more },
    open: () => {
      log.push(`open ${operation}`);
      const sample = () => {
        log.push(operation);
        onSample?.();
        return Promise.resolve({ wall: log.length, host: 1 });
      };
      return Promise.resolve({ sample, close: () => log.push(`close ${operation}`) });
    },
  });
  return { log, benchmark };
}

describe('measureGroup', () => {
  it('lets rows take turns', async () => {
    const { log, benchmark } = recorder();
    const rows = await measureGroup(gpu, [benchmark('a'), benchmark('b', { rounds: 2 })], options);
    expect(log).toEqual(['open a', 'open b', 'a', 'b', 'a', 'b', 'a', 'close a', 'close b']);
    expect(rows.map(({ operation, wall, host }) => ({ operation, wall, host }))).toEqual([
      { operation: 'a', wall: [3, 5, 7], host: [1, 1, 1] },
      { operation: 'b', wall: [4, 6], host: [1, 1] },
    ]);
    expect(rows[0]).not.toHaveProperty('gpu');
    expect(rows[1]).not.toHaveProperty('rounds');
  });

  it('ends after the least rounds where its time is up', async () => {
    const { benchmark } = recorder();
    const [row] = await measureGroup(gpu, [benchmark('a')], { ...options, leastRounds: 2, deadline: 0 });
    expect(row?.wall).toHaveLength(2);
  });

  it('keeps what was measured when it is stopped', async () => {
    const { log, benchmark } = recorder();
    const stop = new AbortController();
    const group = [benchmark('a', {}, () => stop.abort()), benchmark('b')];
    const rows = await measureGroup(gpu, group, { ...options, signal: stop.signal });
    expect(rows.map(({ operation }) => operation)).toEqual(['a']);
    expect(log).toContain('close b');
  });

  it('closes what it opened where one fails', async () => {
    const { log, benchmark } = recorder();
    const failing = benchmark('b', {}, () => {
      throw new Error('lost');
    });
    await expect(measureGroup(gpu, [benchmark('a'), failing], options)).rejects.toThrow('lost');
    expect(log).toEqual(expect.arrayContaining(['close a', 'close b']));
  });
});
