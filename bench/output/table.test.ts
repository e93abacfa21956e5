import { describe, expect, it } from 'vitest';
import { exampleResults } from '../../src/bench/testing.ts';
import { tableFor } from './table.ts';

const { ceilings, rows } = exampleResults({ adam: [0.9, 1, 1.1] });
const [row] = rows;
if (!row) throw new Error('There is a row.');

describe('tableFor', () => {
  it('holds a row against the ceiling that binds it', () => {
    // 10⁶ operations take 0.01 ms at 100 GFLOP/s, 10⁶ bytes 0.1 ms at 10 GB/s.
    expect(tableFor().row(row, { wall: ceilings })).toMatch(
      /^adam +all +vec4 +1 ms +0.92 – 1.08 ms +1 GB\/s +10 % copy +1 MB$/,
    );
  });

  it('measures against processor time where there is a ceiling of it', () => {
    const cpu = { gflops: 50, copies: [{ bytes: 1e6, gbps: 5 }] };
    expect(tableFor().row({ ...row, cpu: [1] }, { wall: ceilings, cpu })).toMatch(/10 % copy +20 % +1 MB$/);
  });

  it('leaves columns out where there is no room', () => {
    expect(tableFor().head()).toContain('first');
    expect(tableFor(150).head()).not.toContain('first');
    expect(tableFor(80).head()).toMatch(/median .* of ceiling$/);
  });
});
