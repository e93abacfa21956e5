/**
 * What kernels want to know from measurements: for a problem, an operation with all its sizes, the algorithm that was measured to be
 * fastest on this adapter. Who measured it and where it is stored is not the machine's business (kernels/autotune).
 */

/** An algorithm that was measured to be faster than the rule's for one problem. */
export interface AutotunedChoice {
  readonly algorithm: string;
  /** The rule's choice at the time, which it beat. */
  readonly rule: string;
  /** A hash of the WGSL of both: other kernels, other times. */
  readonly kernels: string;
  /** Medians. */
  readonly milliseconds: number;
  readonly ruleMilliseconds: number;
}

/** Where operations look for what was measured. */
export interface Autotuned {
  /** By the name that the operation gives the problem; undefined: its rule decides. */
  get(problem: string): AutotunedChoice | undefined;
  /** All of it, by which one table is told from another. */
  toString(): string;
}
