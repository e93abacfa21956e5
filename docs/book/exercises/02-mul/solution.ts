/** Exercise 2, solved: each factor is the slope of the other. */
import { Value } from './value.ts';

export function mul(a: Value, b: Value): Value {
  return new Value(a.data * b.data, [a, b], (grad) => {
    a.grad += b.data * grad;
    b.grad += a.data * grad;
  });
}
