import { describe, expect, it } from 'vitest';
import { compareResults, drift, meanRatio } from './compare.ts';
import { exampleResults } from './testing.ts';

const around = (middle: number) => [0.98, 0.99, 1, 1.01, 1.02].map((factor) => factor * middle);
const verdictOf = (before: readonly number[], now: readonly number[]) => {
  const { rows } = compareResults(exampleResults({ adam: before }), exampleResults({ adam: now }));
  return rows[0]?.verdict;
};

describe('compareResults', () => {
  it('calls what is beyond the noise faster or slower', () => {
    expect(verdictOf(around(10), around(8))).toBe('faster');
    expect(verdictOf(around(10), around(12))).toBe('slower');
  });

  it('calls what is within the noise the same', () => {
    expect(verdictOf(around(10), around(10.1))).toBe('same');
    // A median 20 % larger, but the ranks are mixed.
    expect(verdictOf([5, 8, 10, 15, 20], [4, 9, 12, 14, 21])).toBe('same');
  });

  it('judges nothing by a few samples', () => {
    expect(verdictOf([10, 10, 10], [1, 1, 1])).toBe('too few samples');
  });

  it('lets no change count that the machine itself has made', () => {
    const slower = { gflops: 70, copies: [{ bytes: 1e6, gbps: 7 }] };
    const before = exampleResults({ adam: around(10) });
    const { rows, tolerance } = compareResults(before, exampleResults({ adam: around(13) }, slower));
    expect(tolerance).toBeCloseTo(100 / 70 - 1);
    expect(rows[0]?.verdict).toBe('same');
  });

  it('gives the ratio of medians with where it may lie', () => {
    const { rows } = compareResults(
      exampleResults({ adam: around(10) }),
      exampleResults({ adam: around(8) }),
    );
    const { ratio, low, high } = rows[0] ?? { ratio: NaN, low: NaN, high: NaN };
    expect(ratio).toBeCloseTo(0.8);
    expect(low).toBeGreaterThan(0.75);
    expect(low).toBeLessThan(0.8);
    expect(high).toBeGreaterThan(0.8);
    expect(high).toBeLessThan(0.85);
    expect(meanRatio(rows)).toBeCloseTo(0.8);
  });

  it('goes by processor time where it is asked to', () => {
    const run = (cpu: readonly number[]) => {
      const ceilings = exampleResults({ 'ceiling.multiply-add': [1], 'ceiling.copy': [1] }).rows;
      const results = exampleResults({ adam: around(10) });
      const rows = [
        ...ceilings.map((row) => ({ ...row, group: 'ceiling.rates', cpu: [1] })),
        ...results.rows,
      ];
      return { ...results, rows: rows.map((row) => ({ cpu, ...row })) };
    };
    const [before, now] = [run(around(10)), run(around(8))];
    expect(compareResults(before, now).rows.map(({ verdict }) => verdict)).toEqual(['same']);
    expect(compareResults(before, now, 'cpu').rows.map(({ verdict }) => verdict)).toEqual(['faster']);
    expect(() => compareResults(exampleResults({ adam: [1] }), now, 'cpu')).toThrow(
      'The ceilings were not measured',
    );
  });

  it('names rows that only one run has', () => {
    const { rows, onlyOld, onlyNew } = compareResults(
      exampleResults({ adam: [1], sgd: [1] }),
      exampleResults({ adam: [1], relu: [1] }),
    );
    expect(rows).toHaveLength(1);
    expect(onlyOld).toEqual(['sgd all']);
    expect(onlyNew).toEqual(['relu all']);
  });
});

it('measures drift over any number of ceilings', () => {
  const at = (gflops: number, gbps: number) => ({ gflops, copies: [{ bytes: 1, gbps }] });
  expect(drift(at(100, 10), at(100, 10))).toBe(0);
  expect(drift(at(100, 10), at(80, 10), at(120, 11))).toBeCloseTo(0.5);
});
