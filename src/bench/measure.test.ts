import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import type { Benchmark } from './benchmark.ts';
import { measureGroup, RecordedSubject, type MeasureOptions } from './measure.ts';

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

describe('RecordedSubject', () => {
  afterEach(() => vi.restoreAllMocks());

  /** Work of `milliseconds` a call, on a clock that shows whole steps only; counts calls and submissions. */
  function working(milliseconds: number, step: number, gpuMilliseconds = milliseconds) {
    let now = 0;
    const counts = { calls: 0, submissions: 0 };
    vi.spyOn(performance, 'now').mockImplementation(() => Math.floor(now / step) * step);
    const device = {
      ...gpu,
      scope: (work: () => void) => {
        counts.submissions++;
        return Promise.resolve(work());
      },
      profile: () =>
        Promise.resolve([
          { name: 'k', dispatches: 1, milliseconds: Math.floor(gpuMilliseconds / step) * step },
        ]),
    } as unknown as Gpu;
    const record = () => {
      counts.calls++;
      now += milliseconds;
    };
    return { device, record, counts, close: () => undefined };
  }

  it('repeats short work until a coarse clock tells its time to half a percent', async () => {
    for (const milliseconds of [0.0013, 0.07, 3.3]) {
      const work = working(milliseconds, 0.1);
      const timing = { minMilliseconds: 3, grain: { wall: 0.1, gpu: 0.1 } };
      const subject = await RecordedSubject.open(work.device, work, timing);
      const { wall, gpu: kernels } = await subject.sample();
      expect(Math.abs(wall / milliseconds - 1)).toBeLessThan(0.005);
      expect(kernels).toBeUndefined(); // one call is far too short for its timestamps
    }
    const long = working(30, 0.1);
    const subject = await RecordedSubject.open(long.device, long, {
      minMilliseconds: 3,
      grain: { wall: 0.1, gpu: 0.1 },
    });
    expect((await subject.sample()).gpu).toBeCloseTo(30, 1);
  });

  it('is one submission on a clock that is fine', async () => {
    const work = working(0.0013, 1e-6);
    const subject = await RecordedSubject.open(work.device, work, { minMilliseconds: 20 });
    const before = { ...work.counts };
    await subject.sample();
    expect(work.counts.submissions - before.submissions).toBe(1);
    expect(work.counts.calls - before.calls).toBe(512);
  });

  it('tells processor time where the place does', async () => {
    const work = working(2, 1e-6);
    let used = 0;
    const processorTime = () => (used += 5);
    const subject = await RecordedSubject.open(work.device, work, { minMilliseconds: 4, processorTime });
    expect(await subject.sample()).toMatchObject({ cpu: 2.5 });
    const other = await RecordedSubject.open(work.device, work, { minMilliseconds: 4 });
    expect(await other.sample()).not.toHaveProperty('cpu');
  });
});
