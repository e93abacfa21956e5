// Random numbers that are the same on every platform and need no state kept between calls: a counter run through an
// integer hash. A key of several numbers (seed, epoch, …) opens independent streams, so that epoch 7 is shuffled the
// same whether or not epochs 1 … 6 were run before it.

/** A stream of random numbers. */
export interface Random {
  /** The next 32 random bits, 0 … 2³² − 1. */
  uint32(): number;
  /** A whole number in 0 … bound − 1; `bound` at most 2³². The bias is below bound / 2³². */
  below(bound: number): number;
  /** A number in [0, 1) with 32 random bits. */
  uniform(): number;
}

/**
 * Opens the stream that belongs to `key`.
 *
 * ```ts
 * createRandom(42, 7).uint32() === createRandom(42, 7).uint32(); // → true
 * ```
 *
 * @throws RangeError if a part of the key is not a safe integer.
 */
export function createRandom(...key: readonly number[]): Random {
  let counter = streamState(...key);
  const uint32 = () => {
    counter = (counter + GOLDEN) | 0;
    return mix(counter) >>> 0;
  };
  const uniform = () => uint32() / 2 ** 32;
  return { uint32, uniform, below: (bound) => Math.floor(uniform() * bound) };
}

/**
 * What a stream's draws are made from, for code that computes draw i by itself: mix(state + (i + 1) · GOLDEN), i from 0, in 32 bits.
 * @throws RangeError if a part of the key is not a safe integer.
 */
export function streamState(...key: readonly number[]): number {
  return key.reduce((state, part) => {
    if (!Number.isSafeInteger(part)) throw new RangeError(`A seed must be a whole number, not ${part}.`);
    return mix(mix(state ^ part) + Math.floor(part / 2 ** 32) + GOLDEN);
  }, 0);
}

/**
 * The numbers 0 … count − 1 in an order drawn from `random` (Fisher and Yates, in Durstenfeld's form).
 *
 * ```ts
 * [...permutation(4, createRandom(1))].sort(); // → [0, 1, 2, 3]
 * ```
 */
export function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const swap = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = swap;
  }
  return order;
}

/** 2³² divided by the golden ratio: the step of SplitMix (Steele, Lea and Flood 2014) in 32 bits. */
export const GOLDEN = 0x9e3779b9;

/** The hash lowbias32 (Wellons, "Hash Function Prospector"): a bijection of 32 bits with little bias. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}
