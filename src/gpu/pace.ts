/**
 * In how many submissions a list of commands goes out. One is cheapest, but Windows resets a driver whose GPU is at one submission
 * for two seconds, and the device is lost. So a list that was seen to take long is cut into pieces of a quarter of a second, and one
 * that was not seen yet into pieces of a few dispatches. What is computed stays the same.
 */
import type { Plan } from './memory/plan.ts';

/** A list that takes longer than this, in seconds, is cut. */
const LONG = 0.5;
/** Seconds of a piece, if all dispatches took alike: some take several times as long as others, and a second is the most. */
const PIECE = 0.25;
/**
 * Dispatches in a piece of a list that was not seen yet. A step that trains all of ResNet-18 has 162 of them: even where it takes ten
 * seconds, as on a slow integrated GPU, eight of them take half a second.
 */
const UNSEEN = 8;

/** A list of commands under way. */
export interface Sent {
  readonly plan: Plan;
  /** When it was sent, in milliseconds. */
  readonly at: number;
}

export class Pace {
  private doneAt = -Infinity;

  /** `now` is in milliseconds. */
  constructor(private readonly now: () => number) {}

  /** The most dispatches of a submission, for a list of `dispatches` that goes by `plan`. */
  pieceOf({ seconds }: Plan, dispatches: number): number {
    if (seconds === undefined) return UNSEEN;
    return seconds > LONG ? Math.ceil(dispatches / Math.ceil(seconds / PIECE)) : Infinity;
  }

  sent(plan: Plan): Sent {
    return { plan, at: this.now() };
  }

  /**
   * The list is done. The GPU began with it when it was sent or, if it was not idle then, when it was done with the last list that is
   * known to be done: what it did in between counts as this one's time, which errs on the safe side.
   */
  done({ plan, at }: Sent): void {
    const now = this.now();
    plan.seconds = (now - Math.max(at, this.doneAt)) / 1000;
    this.doneAt = now;
  }
}
