/** Exercise 14: sums of f32 in several orders. Tolerances are held from both sides: what any order may give, and what no count of roundings explains. */
import { createRandom, permutation } from '../../../../src/random.ts';
import { Mistake, type Exercise } from '../exercise.ts';

interface Total {
  arrive(slice: number, part: number): void;
  sum(): number;
}
interface Yours {
  forwards(x: readonly number[]): number;
  backwards(x: readonly number[]): number;
  tolerance(x: readonly number[]): number;
  readonly Total: new (slices: number) => Total;
}

const { fround, abs } = Math;
const inARow = (x: readonly number[]): number => x.reduce((sum, value) => fround(sum + value), 0);
const numbers = (count: number, seed: number): number[] => {
  const random = createRandom(14, seed);
  return Array.from({ length: count }, () => fround(random.uniform() - 0.25));
};
const shuffled = (x: readonly number[], seed: number): number[] =>
  Array.from(permutation(x.length, createRandom(15, seed)), (i) => x[i] ?? NaN);

/** Every sum has another last digit here than its reverse. */
const LISTS = [numbers(7, 1), numbers(100, 2), numbers(1000, 3)].filter(
  (x) => inARow(x) !== inARow(x.toReversed()),
);
/** A large number, and small ones that are each rounded away beside it, as far as rounding goes. */
const WORST = [1, ...new Array<number>(1000).fill(2 ** -24)];

const exercise: Exercise<Yours> = {
  task: 'Exercise 14: add in another order, and know what may differ.',
  steps: [
    {
      holds: 'backwards adds the last number first',
      hint: 'reduceRight goes from the end. Round after each addition, as forwards does.',
      check({ forwards, backwards }) {
        for (const x of LISTS) {
          const [there, back, expected] = [forwards(x), backwards(x), inARow(x.toReversed())];
          if (there !== inARow(x))
            throw new Mistake(`Forwards, ${x.length} numbers are ${there}: that was right.`);
          if (back === expected) continue;
          const same = back === there ? ', the same bits as forwards' : '';
          throw new Mistake(`Backwards, ${x.length} numbers are ${back}${same}, and should be ${expected}.`);
        }
      },
    },
    {
      holds: 'the tolerance holds for any two orders',
      hint: 'n numbers take n − 1 additions. Each rounds by at most 2⁻²⁴ of the sum that is there, which is never more than the sum of all sizes. And two sums may be off to both sides.',
      check({ tolerance }) {
        for (const x of [...LISTS, WORST]) {
          const orders = [x, x.toReversed(), ...[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => shuffled(x, seed))];
          const sums = orders.map(inARow);
          const apart = Math.max(...sums) - Math.min(...sums);
          if (!(tolerance(x) >= apart))
            throw new Mistake(
              `Ten orders of ${x.length} numbers are ${apart.toExponential(1)} apart, and you allow ${tolerance(x).toExponential(1)}.`,
            );
        }
      },
    },
    {
      holds: 'and it is no larger than the roundings explain',
      hint: 'Two sums, n − 1 roundings each, of 2⁻²⁴ times the sum of the absolute values. A tolerance that is wider lets mistakes through.',
      check({ tolerance }) {
        for (const x of [...LISTS, WORST]) {
          const most = 2 * x.length * 2 ** -24 * x.reduce((sum, value) => sum + abs(value), 0);
          if (!(tolerance(x) <= most))
            throw new Mistake(
              `For ${x.length} numbers you allow ${tolerance(x).toExponential(1)}; their roundings explain ${most.toExponential(1)}.`,
            );
        }
      },
    },
    {
      holds: 'a sum of slices has the same bits whatever arrives first',
      hint: 'Do not add as they come. Give each slice a place of its own, and add from the first to the last in sum().',
      check({ Total }) {
        const parts = numbers(64, 4);
        const expected = inARow(parts);
        for (const seed of [1, 2, 3, 4]) {
          const total = new Total(parts.length);
          for (const slice of permutation(parts.length, createRandom(16, seed)))
            total.arrive(slice, parts[slice] ?? NaN);
          const found = total.sum();
          if (found !== expected)
            throw new Mistake(
              `The same 64 slices, in another order of arrival, are ${found}, and from the first to the last ${expected}.`,
            );
        }
      },
    },
  ],
};
export default exercise;
