/**
 * The algorithm that was measured to be the best for a problem on this adapter, where the measurement still holds: the rule
 * would choose as it did then, and the kernels are those that were measured.
 */
import type { Gpu, AutotunedChoice } from '../../gpu/index.ts';
import { fingerprint } from '../autotune/fingerprint.ts';
import type { Conv2dAlgorithm } from './algorithm.ts';
import type { Epilogue } from './epilogue.wgsl.ts';
import type { PassDefinition } from './passes.ts';
import { problemName } from './problem.ts';
import type { Conv2dShape } from './shape.ts';

/** Whether a choice's kernels are today's: a matter of a few milliseconds, so it is asked once. */
const current = new WeakMap<AutotunedChoice, boolean>();

/** The measured algorithm, or the one of the rule. */
export function autotunedOr<S>(
  gpu: Gpu,
  pass: PassDefinition<S>,
  shape: Conv2dShape,
  epilogue: Epilogue,
  algorithms: readonly Conv2dAlgorithm<S>[],
  rule: Conv2dAlgorithm<S>,
): Conv2dAlgorithm<S> {
  const choice = gpu.autotuned?.get(problemName({ pass: pass.name, shape, epilogue }));
  if (choice?.rule !== rule.name) return rule;
  const algorithm = algorithms.find(({ name }) => name === choice.algorithm);
  if (!algorithm?.suits(gpu, shape)) return rule;
  let holds = current.get(choice);
  if (holds === undefined) {
    holds = kernelsOf(gpu, pass, shape, epilogue, [algorithm, rule]) === choice.kernels;
    current.set(choice, holds);
  }
  return holds ? algorithm : rule;
}

/** The fingerprint of the kernels that these algorithms run for a problem, without running them. */
export function kernelsOf<S>(
  gpu: Gpu,
  { tensors, storages }: PassDefinition<S>,
  shape: Conv2dShape,
  epilogue: Epilogue,
  algorithms: readonly Conv2dAlgorithm<S>[],
): string {
  const { inputs, output } = tensors(shape, epilogue);
  const elements = new Map([...Object.entries(inputs), output]);
  const made = storages((name) => gpu.temporary((elements.get(name) ?? 1) * 4, name), epilogue);
  return fingerprint(gpu, () => algorithms.forEach((algorithm) => algorithm.run(gpu, made, shape)));
}
