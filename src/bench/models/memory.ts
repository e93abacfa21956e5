// What a training step must have in memory, whatever the engine, as long as it computes nothing twice and takes a batch as a whole:
// parameters and running statistics; for each trained parameter its gradient and the optimizer's moments; those results of the
// forward pass that the backward pass reads; and, where that is more, the results that are alive at one time in the forward pass:
// those kept so far, and one operation's inputs and outputs. The last two are not estimated but watched. What an engine works with
// inside of an operation comes on top, and all that passes through on the way back: there it can be good or bad.
import type { Gpu, Storage } from '../../gpu/index.ts';
import type { Module } from '../../nn/index.ts';
import type { NeededMemory } from '../benchmark.ts';

/** Adam keeps two moments; the gradient is a third number for each trained parameter. */
const NUMBERS_A_TRAINED_PARAMETER = 3;

/** Operations name their results so; whatever else a kernel binds is a parameter or an engine's own affair. */
const RESULT = 'activation';

type Memory = Storage['allocation'];

/**
 * Records `forward`, then `backward` on what it gave, and sums up what both need. `inputs` are the storages of the photos, which
 * count as results do: until they were read for the last time, even where they lie on the GPU for longer. Bytes.
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
  const readLater = new Set(after.flat());
  const kept = new Set(
    before.flat().filter((memory) => readLater.has(memory) && (!memory.persistent || given.has(memory))),
  );
  const activations = bytesOf(kept);
  const isResult = (memory: Memory) => given.has(memory) || memory.label === RESULT;
  const state = [...model.stateShapes()].filter(([name]) => !name.endsWith('num_batches_tracked'));
  const elements = state.reduce(
    (sum, [, shape]) => sum + shape.reduce((product, side) => product * side, 1),
    0,
  );
  const halved = model.parameters().filter(({ dtype }) => dtype === 'f16');
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  return {
    parameters: elements * 4 - elementsOf(halved) * 2,
    optimizer: elementsOf(trained) * 4 * NUMBERS_A_TRAINED_PARAMETER,
    activations,
    passing: Math.max(0, mostAlive(before, isResult, kept) - activations),
  };
}

/** The most bytes of results that are alive during one of `runs`: from their first to their last use, or for good if `kept`. */
function mostAlive(
  runs: readonly (readonly Memory[])[],
  isResult: (memory: Memory) => boolean,
  kept: ReadonlySet<Memory>,
): number {
  const last = new Map<Memory, number>();
  runs.forEach((bound, i) => bound.forEach((memory) => last.set(memory, i)));
  const alive = new Set<Memory>();
  let most = 0;
  runs.forEach((bound, i) => {
    for (const memory of bound) if (isResult(memory) || kept.has(memory)) alive.add(memory);
    most = Math.max(most, bytesOf(alive));
    for (const memory of bound) if (last.get(memory) === i && !kept.has(memory)) alive.delete(memory);
  });
  return most;
}

const elementsOf = (parameters: readonly { readonly size: number }[]): number =>
  parameters.reduce((sum, { size }) => sum + size, 0);

const bytesOf = (memories: ReadonlySet<Memory>): number =>
  [...memories].reduce((sum, { bytes }) => sum + bytes, 0);

/** Runs `record` and gives its result with what each of its kernels bound. */
function watch<T>(gpu: Gpu, record: () => T): [T, Memory[][]] {
  const runs: Memory[][] = [];
  const { run } = gpu;
  gpu.run = (kernel, bindings, params, grid) => {
    runs.push(kernel.bindings.map(([name]) => bindings[name].allocation));
    run.call(gpu, kernel, bindings, params, grid);
  };
  try {
    return [record(), runs];
  } finally {
    Reflect.deleteProperty(gpu, 'run'); // the class has its own
  }
}
