/** Optimizers, as kernels: ONNX hands their state in and out. */
import { adam } from '../../src/kernels/adam/index.ts';
import { sgd } from '../../src/kernels/sgd/index.ts';
import type { Gpu, Storage } from '../../src/gpu/index.ts';
import { evenGroups } from '../support/kernels.ts';
import { f32, input, numberOf, textOf, upload, type Call, type Operator } from './operator.ts';

/** What one parameter's update is given: its storages in ONNX's order, X, G and the moments. */
type Update = (gpu: Gpu, storages: readonly Storage[], groups: Storage, count: number) => void;

/**
 * Inputs are the learning rate, the count of steps before, and then of every parameter the values, of every one the gradient, and so
 * on; outputs are the values and moments in the same way.
 */
async function updated(call: Call, moments: number, update: Update): ReturnType<Operator> {
  const { gpu } = call;
  const parameters = (call.inputs.length - 2) / (2 + moments);
  const results = await gpu.scope(() => {
    const reads = Array.from({ length: parameters }, (_, p) => {
      const tensors = Array.from({ length: 2 + moments }, (_, i) =>
        upload(gpu, input(call, 2 + i * parameters + p)),
      );
      const count = tensors[0]?.size ?? 0;
      const groups = gpu.upload(evenGroups(count, { weightDecay: numberOf(call, 'norm_coefficient', 0) }));
      const storages = tensors.map(({ storage }) => storage);
      update(gpu, storages, groups, count);
      return tensors.filter((_, i) => i !== 1); // the gradient is not given back
    });
    const inOrder = Array.from({ length: 1 + moments }, (_, i) => reads.map((tensors) => tensors[i]!)).flat();
    return Promise.all(inOrder.map(async (tensor) => f32(tensor.shape, await tensor.read())));
  });
  return results;
}

const rateAndSteps = (call: Call) =>
  [input(call, 0).values[0] ?? NaN, input(call, 1).values[0] ?? NaN] as const;

const momentum: Operator = (call) => {
  const [learningRate, steps] = rateAndSteps(call);
  if (steps > 0 && numberOf(call, 'beta', 1) !== 1) throw new Error('the engine has no dampening');
  return updated(call, 1, (gpu, [parameters, gradients, velocity], groups, count) =>
    sgd(
      gpu,
      { parameters: parameters!, gradients: gradients!, velocity: velocity!, groups }, // as many as `updated` was told
      count,
      {
        ...{ learningRate, momentum: numberOf(call, 'alpha', NaN) },
        nesterov: textOf(call, 'mode', '') === 'nesterov',
      },
    ),
  );
};

/** ONNX corrects no bias before its first step, which is what is left of the correction after very many. */
const MANY_STEPS = 1e9;

const adamOperator: Operator = (call) => {
  const [learningRate, steps] = rateAndSteps(call);
  if (steps > 0) throw new Error("ONNX's epsilon is not PyTorch's after the first step");
  const [beta1, beta2] = [numberOf(call, 'alpha', 0.9), numberOf(call, 'beta', 0.999)];
  const options = { learningRate, beta1, beta2, epsilon: numberOf(call, 'epsilon', 1e-6) };
  return updated(call, 2, (gpu, [parameters, gradients, m, v], groups, count) =>
    adam(
      gpu,
      { parameters: parameters!, gradients: gradients!, m: m!, v: v!, groups }, // as many as `updated` was told
      count,
      MANY_STEPS,
      options,
    ),
  );
};

export const optimizers: Readonly<Record<string, Operator>> = { Adam: adamOperator, Momentum: momentum };
