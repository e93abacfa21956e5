/** Exercise 2: `mul`'s gradient equals the slope that central differences measure, also where a value is used twice. */
import { Mistake, type Exercise } from '../exercise.ts';
import { Value } from './value.ts';

interface Yours {
  mul(a: Value, b: Value): Value;
}

const PLACES = [
  [3, -2],
  [0.5, 4],
  [-1.25, 0],
] as const;

/** The slope of f at x, measured. */
const slope = (f: (x: number) => number, x: number, h = 1e-5): number => (f(x + h) - f(x - h)) / (2 * h);

function expectGrad(where: string, name: string, found: number, measured: number): void {
  if (Math.abs(found - measured) <= 1e-6) return; // NaN fails
  throw new Mistake(
    `${where}: ${name}.grad is ${found}, but nudging ${name} moves the result by ${measured.toFixed(3)} for each unit.`,
  );
}

function checkAt({ mul }: Yours, a: number, b: number, grad: number): void {
  const [left, right] = [new Value(a), new Value(b)];
  mul(left, right).backward(grad);
  // `grad` units of the result for each unit of the product.
  const result = (a: number, b: number) => grad * mul(new Value(a), new Value(b)).data;
  const where = `With a = ${a}, b = ${b}, and a product whose own grad is ${grad}`;
  expectGrad(
    where,
    'a',
    left.grad,
    slope((a) => result(a, b), a),
  );
  expectGrad(
    where,
    'b',
    right.grad,
    slope((b) => result(a, b), b),
  );
}

const exercise: Exercise<Yours> = {
  task: "Exercise 2: write mul's backward, so that each factor learns its slope.",
  steps: [
    {
      holds: 'the product has its value',
      hint: 'The first argument of `new Value` is a.data * b.data.',
      check({ mul }) {
        const { data } = mul(new Value(3), new Value(-2));
        if (data !== -6) throw new Mistake(`3 · −2 should be −6, and is ${data}.`);
      },
    },
    {
      holds: 'each factor gets its slope',
      hint: 'Hold b still at −2. If a goes up by 1, a · b goes down by 2, wherever a is. What number is that?',
      check: (yours) => PLACES.forEach(([a, b]) => checkAt(yours, a, b, 1)),
    },
    {
      holds: 'slopes along a path multiply',
      hint: 'The product is not the end: the result moves `grad` times as far as the product does. Multiply by it.',
      check: (yours) => PLACES.forEach(([a, b]) => checkAt(yours, a, b, -2.5)),
    },
    {
      holds: 'a value that is used twice hears from both uses',
      hint: 'In x · x both a and b are x. Assigning with = throws away what the other use has put there.',
      check({ mul }) {
        const x = new Value(3);
        mul(x, x).backward(1);
        expectGrad(
          'In x · x with x = 3',
          'x',
          x.grad,
          slope((x) => x * x, 3),
        );
      },
    },
  ],
};
export default exercise;
