// What a training step must have in memory, whatever the engine, as long as it computes nothing twice: parameters and running
// statistics; for each trained parameter its gradient and the optimizer's moments; and those results of the forward pass that the
// backward pass reads. The last are not estimated but watched: a tensor counts if a kernel of the forward pass binds it and so does
// one of the backward pass. What passes through on the way back comes on top, and is what an engine can be good or bad at.
import type { Gpu, Storage } from '../../src/gpu/index.ts';
import type { Module } from '../../src/nn/index.ts';
import type { NeededMemory } from '../benchmark.ts';

/** Adam keeps two moments; the gradient is a third number for each trained parameter. */
const NUMBERS_A_TRAINED_PARAMETER = 3;

/**
 * Records `forward`, then `backward` on what it gave, and sums up what both need. `inputs` are persistent storages that count as
 * activations: the photos. Bytes.
 */
export function neededMemory<T>(
  gpu: Gpu,
  model: Module,
  inputs: readonly Storage[],
  forward: () => T,
  backward: (result: T) => void,
): NeededMemory {
  const [result, before] = watch(gpu, forward);
  const [, after] = watch(gpu, () => backward(result));
  const given = new Set(inputs.map(({ allocation }) => allocation));
  let activations = 0;
  for (const allocation of before)
    if (after.has(allocation) && (!allocation.persistent || given.has(allocation)))
      activations += allocation.bytes;
  const state = [...model.stateShapes()].filter(([name]) => !name.endsWith('num_batches_tracked'));
  const elements = state.reduce(
    (sum, [, shape]) => sum + shape.reduce((product, side) => product * side, 1),
    0,
  );
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const trainedElements = trained.reduce((sum, { size }) => sum + size, 0);
  return {
    parameters: elements * 4,
    optimizer: trainedElements * 4 * NUMBERS_A_TRAINED_PARAMETER,
    activations,
  };
}

/** Runs `record` and gives its result with the allocations that its kernels bound. */
function watch<T>(gpu: Gpu, record: () => T): [T, Set<Storage['allocation']>] {
  const used = new Set<Storage['allocation']>();
  const { run } = gpu;
  gpu.run = (kernel, bindings, params, grid) => {
    for (const [name] of kernel.bindings) used.add(bindings[name].allocation);
    run.call(gpu, kernel, bindings, params, grid);
  };
  try {
    return [record(), used];
  } finally {
    Reflect.deleteProperty(gpu, 'run'); // the class has its own
  }
}
