import { describe, expect, it } from 'vitest';
import { exampleResults } from '../../../bench/testing.ts';
import { compareResults } from '../../../bench/compare.ts';
import type { Row } from '../../../bench/benchmark.ts';
import { sizesFor } from '../../../bench/plan.ts';
import { testGpu } from '../../../../test/support/gpu.ts';
import { terminalCatalogue } from '../catalogue.ts';
import { tableFor } from './table.ts';
import { comparisonLines } from './terminal.ts';

const { ceilings, rows } = exampleResults({ adam: [0.9, 1, 1.1] });
const [row] = rows;
if (!row) throw new Error('There is a row.');

describe('tableFor', () => {
  it('holds a row against the ceiling that binds it', () => {
    // 10⁶ operations take 0.01 ms at 100 GFLOP/s, 10⁶ bytes 0.1 ms at 10 GB/s.
    expect(tableFor().row(row, { wall: ceilings })[0]).toMatch(
      /^adam +all +vec4 +1 ms +0.92 – 1.08 ms +1 GB\/s +10 % copy +1 MB$/,
    );
  });

  it('measures against processor time where there is a ceiling of it', () => {
    const cpu = { gflops: 50, copies: [{ bytes: 1e6, gbps: 5 }] };
    expect(tableFor().row({ ...row, cpu: [1] }, { wall: ceilings, cpu })[0]).toMatch(
      /10 % copy +20 % +1 MB$/,
    );
  });

  it('leaves columns out where there is no room', () => {
    expect(tableFor().head()[0]).toContain('first');
    expect(tableFor(150).head()[0]).not.toContain('first');
    expect(tableFor(150).head()[0]).toContain('of ceiling');
  });

  it('takes two lines a row in 80 columns, whatever the row is called', async () => {
    const options = { ...sizesFor({}), allVariants: true };
    const times = { wall: [123_456.7, 234_567.8], work: { flops: 987_654_321e6, bytes: 1 } };
    const rows = terminalCatalogue(await testGpu(), options).map((one): Row => ({ ...one, ...times }));
    expect(rows.length).toBeGreaterThan(100);
    const table = tableFor(80);
    for (const lines of [table.head(), ...rows.map((one) => table.row(one, { wall: ceilings }))]) {
      expect(lines).toHaveLength(2);
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    }
    const slower = rows.map((one): Row => ({ ...one, wall: [1, 2] }));
    const [before, now] = [slower, rows].map((of) => ({ ...exampleResults({}), rows: of }));
    const shown = comparisonLines(compareResults(before!, now!), before!, now!, 80); // two were made
    expect(shown.length).toBeGreaterThan(2 * rows.length);
    for (const line of shown) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

describe('comparisonLines', () => {
  const lines = (samples: number) => {
    const times = Array.from({ length: samples }, () => 1);
    const [before, now] = [
      exampleResults({ adam: times, sgd: times }),
      exampleResults({ adam: times, sgd: times }),
    ];
    return comparisonLines(compareResults(before, now), before, now, 80).join('\n');
  };

  it('says once what to do where there are too few samples', () => {
    expect(lines(3)).toMatch(
      /2 of 2 rows have too few samples to compare: measure both without --quick, or\s+name\s+some rows for more of each: (npx )?graft bench NAMES --compare FILE/,
    );
    expect(lines(5)).not.toContain('--quick');
  });
});
