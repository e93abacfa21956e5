/** What autotuning must know of an operation's problem to try algorithms on it. */
import type { Storage } from '../../gpu/index.ts';

export interface TensorSpec {
  readonly elements: number;
  /** Its values are drawn from here, evenly. */
  readonly range: readonly [low: number, high: number];
}

/** A problem with tensors to try it on. */
export interface Workload {
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly output: readonly [name: string, elements: number];
  /** The allowed error of a sum in f32, as a share of an element's magnitude or of the root mean square, if that is larger. */
  readonly tolerance: number;
}

export interface TunableCandidate {
  readonly name: string;
  /** How many times the tolerance its results may be off. */
  readonly errorGrowth: number;
  /** Records the work on the tensors of `actual` or `small`. */
  run(workload: 'actual' | 'small', tensor: (name: string) => Storage): void;
  /** The fingerprint of its kernels and of those of the rule's choice. */
  kernels(): string;
}

export interface Tunable {
  readonly name: string;
  /** The rule's choice comes first. */
  readonly candidates: readonly TunableCandidate[];
  readonly actual: Workload;
  /** The same kind of problem, so small that plain loops can solve it. */
  readonly small: Workload;
  /** The right result of the small problem. */
  reference(inputs: Readonly<Record<string, Float32Array>>): ArrayLike<number>;
}
