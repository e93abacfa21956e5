/**
 * How long calls take, one beside the other: in turns, so that a machine that slows down slows all of them alike. A sample is as many calls
 * in one submission as take some tens of milliseconds, since browsers' clocks go in steps of a tenth of one and an answer takes its time.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';

/** One of those that are timed. */
export interface Racer {
  /** Records one call. */
  record(): void;
  /** Some of what it writes: once that is read, the call is done. */
  readonly written: Storage;
}

export interface Times {
  /** Calls of a sample, all in one submission. */
  readonly calls: number;
  /** Milliseconds of a call, one a round. */
  readonly milliseconds: readonly number[];
}

export interface RaceOptions {
  readonly rounds?: number;
  /** How long a sample should last. */
  readonly minMilliseconds?: number;
  /** When to stop after a round, in milliseconds from the beginning. */
  readonly budget?: number;
}

/** More calls in a sample are of no use: the parameters of all of them lie in one buffer. */
const MOST_CALLS = 512;

/** Times all racers in turns, in the order given; the first calls, which compile, and those that settle how many make a sample, do not count. */
export async function race(
  gpu: Gpu,
  racers: readonly Racer[],
  { rounds = 7, minMilliseconds = 30, budget = 4000 }: RaceOptions = {},
): Promise<Times[]> {
  const begin = performance.now();
  const entered: { readonly racer: Racer; readonly calls: number; readonly milliseconds: number[] }[] = [];
  for (const racer of racers) {
    await sample(gpu, racer, 1);
    let calls = 1;
    // A single call is mostly the wait for its answer: many tell more.
    for (let tries = 0; tries < 6 && calls < MOST_CALLS; tries++) {
      const whole = (await sample(gpu, racer, calls)) * calls;
      if (whole >= minMilliseconds) break;
      const factor = Math.min(8, Math.max(2, (1.2 * minMilliseconds) / Math.max(whole, 0.1)));
      calls = Math.min(MOST_CALLS, Math.ceil(calls * factor));
    }
    entered.push({ racer, calls, milliseconds: [] });
  }
  for (let round = 0; round < rounds; round++) {
    if (round > 2 && performance.now() - begin > budget) break;
    for (const { racer, calls, milliseconds } of entered) milliseconds.push(await sample(gpu, racer, calls));
  }
  return entered.map(({ calls, milliseconds }) => ({ calls, milliseconds }));
}

/** Milliseconds of a call among so many in one submission, from the first line of JavaScript to the answer. */
async function sample(gpu: Gpu, { record, written }: Racer, calls: number): Promise<number> {
  const begin = performance.now();
  await gpu.scope(() => {
    for (let call = 0; call < calls; call++) record();
    return gpu.read(written.slice(0, 4));
  });
  return (performance.now() - begin) / calls;
}
