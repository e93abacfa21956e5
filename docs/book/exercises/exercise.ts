/**
 * What an exercise is: steps that are checked one after the other, so that a reader hears of one mistake at a time, in
 * words and numbers, and may ask for the hint that belongs to it.
 */
import type { Gpu } from '../../../src/gpu/index.ts';

/** What the checks of all exercises may ask for: the engine on this machine's adapter, opened when first asked. */
export interface Bench {
  gpu(): Promise<Gpu>;
}

export interface Step<Yours> {
  /** What is so once the step passes, without a full stop. */
  readonly holds: string;
  readonly hint: string;
  /** Throws a `Mistake` that says in words and numbers what is wrong. */
  check(yours: Yours, bench: Bench): void | Promise<void>;
}

/** The default export of a `check.ts`; `Yours` is what `start.ts` and `solution.ts` both export. */
export interface Exercise<Yours> {
  readonly task: string;
  readonly steps: readonly Step<Yours>[];
  /** Once all is right: a line of what this machine makes of it, such as a ratio of times, by which nothing is judged. */
  readonly afterwards?: (yours: Yours, bench: Bench) => Promise<string>;
}

/** Something in the reader's code is not right; the message is for the reader. */
export class Mistake extends Error {}

/** What a check needs is not there, such as an adapter; nothing is said of the reader's code. */
export class Unavailable extends Error {}

/** How far a piece of code gets. */
export interface Verdict {
  readonly passed: readonly string[];
  /** The first step that does not hold, why, and its hint. */
  readonly failed?: { readonly holds: string; readonly reason: string; readonly hint: string };
}

/**
 * Checks the steps in order, up to the first that fails. What the reader's code throws is a reason like any other. Rejects with
 * `Unavailable` where a step cannot be checked here.
 */
export async function judge<Yours>(exercise: Exercise<Yours>, yours: Yours, bench: Bench): Promise<Verdict> {
  const passed: string[] = [];
  for (const { holds, hint, check } of exercise.steps) {
    try {
      await check(yours, bench);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      const reason = error instanceof Mistake ? error.message : `Your code threw: ${String(error)}`;
      return { passed, failed: { holds, reason, hint } };
    }
    passed.push(holds);
  }
  return { passed };
}
