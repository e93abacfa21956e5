/** What bounds a kernel at best on this adapter, and how near a measured time is to that, in words: the same on every page that times one. */
import type { Work } from '../../../../src/bench/benchmark.ts';
import { bandwidthFor, standing, type Ceilings } from '../../../../src/bench/roofline.ts';
import { rate } from '../../../../src/format.ts';

/** A share of more than 1 is no mistake: a copy measures memory, and what was just written may be nearer. */
export function boundText(
  ceilings: Ceilings,
  work: Work,
  milliseconds: number,
  timeText: (milliseconds: number) => string,
): string {
  const { bound, share } = standing(ceilings, work, milliseconds);
  const best = timeText(share * milliseconds);
  const why =
    bound === 'FMA'
      ? `Arithmetic bounds it: at the ${rate(ceilings.gflops)} GFLOP/s of multiply-adds alone it would take ${best}`
      : `Memory bounds it: at the ${rate(bandwidthFor(ceilings, work.bytes))} GB/s of a copy it would take ${best}`;
  if (share > 1)
    return `${why}. It is faster than that: what it reads is in a cache, or the machine was busy when that was measured.`;
  const far =
    share < 0.3 ? ', so something else holds it up: see what its kernels do beyond the formula' : '';
  return `${why}. It reaches ${(100 * share).toFixed(0)} % of that${far}.`;
}
