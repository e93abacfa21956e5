/** Operators on each element. */
import { add, div, hardSigmoid, hardSwish, mul, relu, sigmoid, sub, Tensor } from '../../src/autograd/all.ts';
import { computed, f32, input, numberOf, onTensors, upload, type Operator } from './operator.ts';

const unary = (operation: (x: Tensor) => Tensor): Operator => onTensors(([x]) => operation(x!)); // ONNX demands it
const folded = (operation: (a: Tensor, b: Tensor) => Tensor): Operator =>
  onTensors((tensors) => tensors.reduce((a, b) => operation(a, b)));

const hardSigmoidOperator: Operator = async (call) => {
  const line = { slope: numberOf(call, 'alpha', 0.2), offset: numberOf(call, 'beta', 0.5) };
  return [await computed(call.gpu, () => hardSigmoid(upload(call.gpu, input(call, 0)), line))];
};

const neg: Operator = async (call) => {
  const { gpu } = call;
  return [await computed(gpu, () => mul(upload(gpu, input(call, 0)), upload(gpu, f32([], [-1]))))];
};

/** In inference dropout gives x itself, and a mask of what is kept, which is all. */
const dropout: Operator = (call) => {
  const x = input(call, 0);
  const isTraining = (call.inputs[2]?.values[0] ?? 0) !== 0;
  const share = call.inputs[1]?.values[0] ?? 0.5;
  if (isTraining && share !== 0)
    return Promise.reject(new Error("the engine draws other numbers than NumPy's"));
  return Promise.resolve([x, { ...x, values: new Float64Array(x.values.length).fill(1) }]);
};

export const elementwise: Readonly<Record<string, Operator>> = {
  Add: folded(add),
  Div: folded(div),
  Dropout: dropout,
  HardSigmoid: hardSigmoidOperator,
  HardSwish: unary(hardSwish),
  Mul: folded(mul),
  Neg: neg,
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Sub: folded(sub),
  Sum: folded(add),
};
