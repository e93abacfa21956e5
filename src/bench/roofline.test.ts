import { describe, expect, it } from 'vitest';
import { bandwidthFor, gbpsOf, gflopsOf, standing, type Ceilings } from './roofline.ts';

const ceilings: Ceilings = {
  gflops: 100,
  copies: [
    { bytes: 1e6, gbps: 40 },
    { bytes: 1e8, gbps: 10 },
  ],
};

describe('standing', () => {
  it('holds much arithmetic against multiply-adds', () => {
    // 10⁹ operations take 10 ms at best, 10⁷ bytes 1 ms.
    expect(standing(ceilings, { flops: 1e9, bytes: 1e7 }, 20)).toEqual({ bound: 'FMA', share: 0.5 });
  });

  it('holds little arithmetic against the copy of about as many bytes', () => {
    expect(standing(ceilings, { flops: 1e6, bytes: 1e8 }, 20)).toEqual({ bound: 'copy', share: 0.5 });
    expect(standing(ceilings, { flops: 0, bytes: 1e6 }, 0.025)).toEqual({ bound: 'copy', share: 1 });
  });

  it('takes the time of a copy between two sizes as in proportion to its bytes', () => {
    // The copies took 25 and 10,000 µs; halfway in bytes is halfway in time.
    expect(bandwidthFor(ceilings, 1e6)).toBe(40);
    expect(bandwidthFor(ceilings, 50.5e6)).toBeCloseTo(50.5e6 / 5012.5e-6 / 1e9);
    expect(bandwidthFor(ceilings, 1e8)).toBe(10);
  });

  it('goes by the rate of the smallest and the largest copy past them', () => {
    expect(bandwidthFor(ceilings, 0)).toBe(40);
    expect(bandwidthFor(ceilings, 1e9)).toBe(10);
    expect(() => bandwidthFor({ ...ceilings, copies: [] }, 1)).toThrow('No copy');
  });
});

it('counts in 10⁹ a second', () => {
  expect(gflopsOf({ flops: 5e9, bytes: 1 }, 1000)).toBe(5);
  expect(gbpsOf({ flops: 1, bytes: 5e6 }, 1)).toBe(5);
});
