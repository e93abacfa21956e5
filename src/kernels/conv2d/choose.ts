/**
 * Which algorithm computes a pass: the one that was measured to be the best for the problem on this adapter, if the
 * measurement still holds (the rule would choose as it did then, and the kernels are those that were measured); otherwise the
 * rule's choice (rule.ts).
 */
import type { AutotunedChoice, Gpu } from '../../gpu/index.ts';
import type { Conv2dAlgorithm } from './algorithm.ts';
import { fingerprintOf } from './autotune/fingerprint.ts';
import { problemName } from './autotune/problem.ts';
import type { Conv2dPass } from './pass.ts';
import type { Conv2dShape } from './shape.ts';
import type { Epilogue } from './wgsl/epilogue.wgsl.ts';

/** Whether a choice's kernels are today's: a matter of a few milliseconds, so it is asked once. */
const current = new WeakMap<AutotunedChoice, boolean>();

/** The algorithm for a pass over a checked shape. */
export function chooseAlgorithm<S>(
  gpu: Gpu,
  pass: Conv2dPass<S>,
  shape: Conv2dShape,
  epilogue: Epilogue = 'none',
): Conv2dAlgorithm<S> {
  const rule = pass.rule(gpu, shape);
  const choice = gpu.autotuned?.get(problemName({ pass: pass.name, shape, epilogue }));
  if (choice?.rule !== rule.name) return rule;
  const algorithm = pass.algorithms.find(({ name }) => name === choice.algorithm);
  if (!algorithm?.suits(gpu, shape) || gpu.without.has(algorithm.family)) return rule;
  let holds = current.get(choice);
  if (holds === undefined) {
    holds = fingerprintOf(gpu, pass, shape, epilogue, [algorithm, rule]) === choice.kernels;
    current.set(choice, holds);
  }
  return holds ? algorithm : rule;
}
