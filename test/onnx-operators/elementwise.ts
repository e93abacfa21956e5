/** Operators on each element. */
import { add, mul, relu, sigmoid, type Tensor } from '../../src/autograd/index.ts';
import { onTensors, type Operator } from './operator.ts';

const unary = (operation: (x: Tensor) => Tensor): Operator => onTensors(([x]) => operation(x!)); // ONNX demands it
const folded = (operation: (a: Tensor, b: Tensor) => Tensor): Operator =>
  onTensors((tensors) => tensors.reduce((a, b) => operation(a, b)));

export const elementwise: Readonly<Record<string, Operator>> = {
  Add: folded(add),
  Mul: folded(mul),
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Sum: folded(add),
};
