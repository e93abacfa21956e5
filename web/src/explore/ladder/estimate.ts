/** How long a race will take, from each rung's time at a small size: what it does grows with its multiply-adds. */
import { STEPS_A_SAMPLE, type Benchmark, type Row } from '../../../../src/bench/benchmark.ts';
import { median } from '../../../../src/bench/statistics.ts';

/** Milliseconds that a sample of a quick run lasts at least. */
export const MIN_MILLISECONDS = 3;

/**
 * Seconds of a race of `rungs` in so many `rounds`, `tried` at another size. Each is called alone three times to settle how often to
 * repeat it; then a turn is a sample, and one call whose kernels are timed.
 */
export function secondsOf(
  rungs: readonly Benchmark[],
  tried: readonly Row[],
  rounds: number,
  wallGrain: number,
): number {
  const least = Math.max(MIN_MILLISECONDS, STEPS_A_SAMPLE * wallGrain);
  const milliseconds = rungs.reduce((sum, { operation, asked, work }) => {
    const before = tried.find((row) => row.operation === operation && row.asked === asked);
    if (!before?.work || !work) return sum;
    const call = (median(before.wall) * work.flops) / before.work.flops;
    return sum + 3 * call + rounds * (Math.max(least, call) + call);
  }, 0);
  return milliseconds / 1000;
}
