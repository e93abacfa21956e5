/** What bounds a rung, in a sentence: its bytes, its loads or the arithmetic; and where it is far from that, so much and no more. */
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import { FEW_LOADS, limitOf, type Traffic } from '../../../../src/bench/traffic.ts';
import { significant } from '../../../../src/bench/units.ts';

/** By what it moves, and by the `rate` that it reaches, in 10⁹ operations a second. */
export function limitText(
  traffic: Traffic,
  roof: Ceilings,
  rate: number | undefined,
  isSoftware: boolean,
): string {
  const { by, fed } = limitOf(traffic, roof);
  const [feeds, ceiling] = [fed, roof.gflops].map((gflops) => `${significant(gflops)} GFLOP/s`);
  const loads = `${significant(traffic.loads)} loads for each multiply-add, from ${traffic.from}`;
  if (by !== 'memory') {
    const enough = `Memory is not what bounds it: at the rate of a copy it would feed ${feeds}, and multiply-adds alone reach ${ceiling}.`;
    return by === 'arithmetic'
      ? `${enough} Nearly all of its instructions can be arithmetic.`
      : `${enough} What does is ${loads}: instructions that take the place of arithmetic.`;
  }
  const allowed = `By its bytes it is bound by memory: at the rate of a copy they feed ${feeds}, of the ${ceiling} that multiply-adds alone reach.`;
  if (rate === undefined) return allowed;
  if (rate > fed) return `${allowed} It is faster than that: caches answer most of its loads.`;
  const reached = `${allowed} It reaches ${Number(((100 * rate) / fed).toPrecision(2))} % of that`;
  if (rate > fed / 2) return `${reached}.`;
  if (traffic.loads <= FEW_LOADS) return `${reached}, so something else bounds it here.`;
  const alike =
    isSoftware && traffic.from === 'workgroup memory'
      ? ', which on a processor is memory like any other'
      : '';
  return `${reached}, so something else bounds it here, most likely its ${loads}${alike}.`;
}
