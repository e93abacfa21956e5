import { expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { gpuGrain, smallestDifference, wallGrain } from './grain.ts';

/** A clock on which a question takes `asking` milliseconds and that shows whole steps only. */
function coarse(step: number, asking: number): () => number {
  let questions = 0;
  return () => Math.floor((questions++ * asking) / step) * step;
}

it.each([0.1, 1, 100])('finds the step of a clock that is rounded to %s ms', (step) => {
  expect(wallGrain(coarse(step, step / 7.3))).toBeCloseTo(step, 9);
});

it('says of a fine clock what asking takes', () => {
  expect(wallGrain(coarse(1e-6, 0.002))).toBeCloseTo(0.002, 5);
});

it('finds the step that times are multiples of', () => {
  expect(smallestDifference([0, 0.3, 0.1, 0.6, 0.1])).toBeCloseTo(0.1, 9);
  expect(smallestDifference([0, 0, 0])).toBeUndefined();
});

it("tells how coarse an adapter's timestamps are, where it has any", async () => {
  const gpu = await testGpu();
  const grain = await gpuGrain(gpu);
  if (!gpu.device.features.has('timestamp-query')) expect(grain).toBeUndefined();
  else expect(grain).toBeGreaterThan(0);
});
