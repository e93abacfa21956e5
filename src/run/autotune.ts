/** Measures which algorithms are fastest on an adapter for everything that a network does, and records the results. */
import type { Gpu } from '../gpu/index.ts';
import { autotune, type AutotuneResult } from '../kernels/autotune/autotune.ts';
import type { AutotuneTable } from '../kernels/autotune/table.ts';
import { conv2dTunable } from '../kernels/conv2d/index.ts';
import { networks } from '../networks/index.ts';
import { problemsOf, type NetworkUse } from '../train/index.ts';

export interface AutotuneRequest extends NetworkUse {
  /** How often each algorithm is timed. */
  readonly rounds: number;
}

export interface AutotuneControls {
  readonly signal: AbortSignal;
  /** How many problems there are, and how often each comes up in a step and an evaluation. */
  readonly onProblems: (counts: ReadonlyMap<string, number>) => void;
  /** A problem, counted from 1, is next. */
  readonly onProblem: (number: number) => void;
  /** A problem is solved; it comes up `times` times. */
  readonly onResult: (result: AutotuneResult, times: number) => void;
}

/**
 * Measures problem by problem and records each in `table`; stops when the signal is aborted, and returns what was found by then.
 * Rejects with the GPU's error where the adapter fails, and as `freeze` does.
 */
export async function autotuneNetwork(
  gpu: Gpu,
  table: AutotuneTable,
  { rounds, ...use }: AutotuneRequest,
  { signal, onProblems, onProblem, onResult }: AutotuneControls,
): Promise<readonly AutotuneResult[]> {
  await networks[use.architecture].ready();
  const counts = problemsOf(gpu, use);
  onProblems(counts);
  const results: AutotuneResult[] = [];
  try {
    for (const [problem, times] of counts) {
      onProblem(results.length + 1);
      const tunable = conv2dTunable(gpu, problem);
      if (!tunable) continue;
      const result = await autotune(gpu, tunable, { rounds, signal });
      gpu.trim(); // the next problem has other sizes
      results.push(result);
      table.set(problem, result.choice);
      onResult(result, times);
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
  return results;
}

/** What all problems take in a step and an evaluation, each as often as it comes up in `counts`; in milliseconds. */
export function totalTimes(
  results: readonly AutotuneResult[],
  counts: ReadonlyMap<string, number>,
): { readonly byRule: number; readonly measured: number; readonly changed: number } {
  let [byRule, measured, changed] = [0, 0, 0];
  for (const { name, candidates, choice } of results) {
    const time = (candidates[0]?.milliseconds ?? 0) * (counts.get(name) ?? 1);
    byRule += time;
    measured += choice ? (time * choice.milliseconds) / choice.ruleMilliseconds : time;
    if (choice) changed += 1;
  }
  return { byRule, measured, changed };
}
