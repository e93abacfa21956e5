/** Operators that reduce along axes, or normalise along them. */
import { layerNorm, logSoftmax, mean, mul, softmax, sum, type Tensor } from '../../src/autograd/all.ts';
import { layerNormForward } from '../../src/kernels/layer-norm/index.ts';
import { computed, f32, input, numberOf, numbersOf, sizeOf, upload, type Operator } from './operator.ts';

const alongAxis =
  (operation: (x: Tensor, options: { readonly axis: number }) => Tensor): Operator =>
  async (call) => {
    const options = { axis: numberOf(call, 'axis', -1) };
    return [await computed(call.gpu, () => operation(upload(call.gpu, input(call, 0)), options))];
  };

/** Axes are an attribute or the second input; none are all of them, or nothing at all where the model says so. */
const reduced =
  (operation: typeof sum): Operator =>
  async (call) => {
    const x = input(call, 0);
    const found = numbersOf(call, 'axes') ?? [...(call.inputs[1]?.values ?? [])];
    if (found.length === 0 && numberOf(call, 'noop_with_empty_axes', 0) === 1) return [x];
    const axes = found.length > 0 ? found : [...x.shape.keys()];
    const options = { axes, keepDims: numberOf(call, 'keepdims', 1) === 1 };
    return [await computed(call.gpu, () => operation(upload(call.gpu, x), options))];
  };

/** With mean and inverse deviation where they are asked for, which the kernel gives too. */
const layerNormalization: Operator = async (call) => {
  const { gpu } = call;
  const x = input(call, 0);
  const axis = numberOf(call, 'axis', -1);
  const first = axis < 0 ? axis + x.shape.length : axis;
  const [eps, normalizedShape] = [numberOf(call, 'epsilon', 1e-5), x.shape.slice(first)];
  const y = await computed(gpu, () => {
    const [weight, bias] = [1, 2].map((i) => upload(gpu, input(call, i)));
    return layerNorm(upload(gpu, x), { normalizedShape, weight, bias, eps });
  });
  const [length, rows] = [sizeOf(normalizedShape), sizeOf(x.shape.slice(0, first))];
  const [mean = [], invStd = []] = await gpu.scope(() => {
    const [results, parts] = [
      gpu.temporary(rows * length * 4),
      [gpu.temporary(rows * 4), gpu.temporary(rows * 4)],
    ];
    const [mean, invStd] = parts;
    if (!mean || !invStd) throw new Error('two were made');
    layerNormForward(gpu, { x: upload(gpu, x).storage, y: results, mean, invStd }, { rows, length }, { eps });
    return Promise.all([gpu.read(mean), gpu.read(invStd)]);
  });
  const kept = x.shape.map((side, i) => (i < first ? side : 1));
  return [y, f32(kept, mean), f32(kept, invStd)];
};

export const axes: Readonly<Record<string, Operator>> = {
  LayerNormalization: layerNormalization,
  LogSoftmax: alongAxis(logSoftmax),
  ReduceMean: reduced(mean),
  ReduceSum: reduced(sum),
  ReduceSumSquare: reduced((x, options) => sum(mul(x, x), options)),
  Softmax: alongAxis(softmax),
};
