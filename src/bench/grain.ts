// How coarse the clocks are, found by looking at them. Browsers round what they tell, so that pages cannot spy by timing: Chrome to 100 µs, or
// to 5 µs where a page is isolated from others, and others differently. What matters is what this one does here.
import { defineKernel, write, type Gpu } from '../gpu/index.ts';
import type { Grain } from './benchmark.ts';

/** So many steps of the clock are looked at, where that takes no longer than `LONGEST`. */
const STEPS = 100;
const FEWEST = 3;
/** Milliseconds. */
const LONGEST = 50;

/** The smallest step of `now`, in milliseconds: for a fine clock what it takes to ask it. */
export function wallGrain(now: () => number = () => performance.now()): number {
  const begin = now();
  let [last, least, seen] = [begin, Infinity, 0];
  while (seen < FEWEST || (seen < STEPS && last - begin < LONGEST)) {
    const next = now();
    if (next <= last) continue;
    [least, last, seen] = [Math.min(least, next - last), next, seen + 1];
  }
  return rounded(least);
}

/** Something to time that takes longer the more turns it makes. */
const turning = defineKernel({
  name: 'grain',
  bindings: { word: write() },
  params: { turns: 'u32' },
  workgroupSize: [1],
  builtins: '@builtin(workgroup_id) group: vec3u',
  body: `
  var x = f32(group.x);
  for (var turn = 0u; turn < params.turns; turn++) { x = fma(x, 0.5, 1.0); }
  word[0] = x;`,
});

/** Turns are doubled this often, unless a kernel takes `LONG` before. */
const DOUBLINGS = 20;
const LONG = 2;

/**
 * The smallest difference between times that the adapter's timestamps gave, in milliseconds: their step where they are rounded, at most
 * that where they are not. Undefined without timestamps, or where they tell nothing.
 */
export async function gpuGrain(gpu: Gpu): Promise<number | undefined> {
  const word = gpu.persistent(4, 'grain');
  try {
    const timed = async (turns: number) => {
      const kernels = await gpu.profile(() => gpu.scope(() => gpu.run(turning, { word }, { turns }, [1])));
      return kernels?.[0]?.milliseconds;
    };
    await timed(1); // some drivers compile at the first run, within its time
    const times = [0];
    for (let doubling = 0; doubling < DOUBLINGS; doubling++) {
      const milliseconds = await timed(2 ** doubling);
      if (milliseconds === undefined) return undefined;
      times.push(milliseconds);
      if (milliseconds > LONG && times.length > FEWEST) break;
    }
    return smallestDifference(times);
  } finally {
    gpu.release(word);
  }
}

/** Undefined where all are the same. */
export function smallestDifference(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const steps = sorted.slice(1).map((value, i) => value - (sorted[i] ?? NaN));
  const positive = steps.filter((step) => step > 1e-9); // what is less is rounding of the numbers themselves
  return positive.length > 0 ? rounded(Math.min(...positive)) : undefined;
}

/** Both, on this device. */
export async function grainOf(gpu: Gpu): Promise<Grain> {
  const stamps = await gpuGrain(gpu);
  return { wall: wallGrain(), ...(stamps !== undefined && { gpu: stamps }) };
}

const rounded = (ms: number): number => Number(ms.toPrecision(3));
