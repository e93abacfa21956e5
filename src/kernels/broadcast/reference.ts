/** Broadcasting as plain loops in float64: what the kernels are tested against. */
import { broadcastShape, type Operator } from './index.ts';

type Numbers = ArrayLike<number>;

const compute: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

/** a ∘ b, row by row. */
export function broadcast(
  operator: Operator,
  { a, b }: { readonly a: Numbers; readonly b: Numbers },
  shapes: { readonly a: readonly number[]; readonly b: readonly number[] },
): Float64Array {
  const shape = broadcastShape(operator, shapes.a, shapes.b);
  const count = shape.reduce((product, side) => product * side, 1);
  return Float64Array.from(
    { length: count },
    (_, i) => compute[operator](a[sourceOf(i, shape, shapes.a)]!, b[sourceOf(i, shape, shapes.b)]!), // within both
  );
}

/** The element of an operand that element i of the result comes from. */
function sourceOf(i: number, shape: readonly number[], operand: readonly number[]): number {
  let [rest, at, stride] = [i, 0, 1];
  for (let fromEnd = 1; fromEnd <= shape.length; fromEnd++) {
    const [side = 1, own = 1] = [shape.at(-fromEnd), operand.at(-fromEnd)];
    if (fromEnd <= operand.length && own > 1) at += (rest % side) * stride;
    if (fromEnd <= operand.length) stride *= own;
    rest = Math.floor(rest / side);
  }
  return at;
}
