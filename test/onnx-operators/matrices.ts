/** Products of matrices. The engine's fully connected layer takes its weight as `[out, in]`, ONNX the other way round. */
import { add, linear, mul, Tensor } from '../../src/autograd/all.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import type { OnnxTensor } from './model.ts';
import { computed, f32, input, numberOf, transposed, upload, type Operator } from './operator.ts';

const turned = (matrix: OnnxTensor): OnnxTensor => transposed(matrix, [1, 0]);

const filled = (gpu: Gpu, shape: readonly number[], value: number): Tensor =>
  upload(gpu, f32(shape, new Float64Array(shape.reduce((product, side) => product * side, 1)).fill(value)));

const scaled = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : mul(x, filled(x.gpu, [], factor)));

/** α · A B + β · C. */
const gemm: Operator = async (call) => {
  const { gpu } = call;
  const [a, b, c] = [input(call, 0), input(call, 1), call.inputs[2]];
  const x = numberOf(call, 'transA', 0) === 1 ? turned(a) : a;
  const weight = numberOf(call, 'transB', 0) === 1 ? b : turned(b);
  const [outputs = 0] = weight.shape;
  const product = await computed(gpu, () => {
    const factors = scaled(upload(gpu, weight), numberOf(call, 'alpha', 1));
    const addend = c && scaled(upload(gpu, c), numberOf(call, 'beta', 1));
    const fits = addend?.shape.join() === `${outputs}`;
    const bias = addend && fits ? addend : filled(gpu, [outputs], 0);
    const y = linear(upload(gpu, x), factors, bias);
    return addend && !fits ? add(y, addend) : y;
  });
  return [product];
};

const matMul: Operator = async (call) => {
  const { gpu } = call;
  const [a, b] = [input(call, 0), input(call, 1)];
  if (a.shape.length !== 2 || b.shape.length !== 2)
    throw new Error('the engine multiplies two matrices alone');
  const outputs = b.shape[1] ?? 0;
  return [
    await computed(gpu, () => linear(upload(gpu, a), upload(gpu, turned(b)), filled(gpu, [outputs], 0))),
  ];
};

export const matrices: Readonly<Record<string, Operator>> = { Gemm: gemm, MatMul: matMul };
