/** Notices that a run is slow where it runs. */
import type { NetworkName } from '../networks/index.ts';
import type { StepEvent } from '../train/index.ts';

/** What is worth a word, in seconds of training that are left. */
const LONG = 20 * 60;
/** Steps that are timed. */
const TIMED = 5;

/** How slow a run is. */
export interface Slowness {
  /** Of one step. */
  readonly seconds: number;
  /** Until the last epoch is trained, validation aside. */
  readonly secondsLeft: number;
  readonly architecture: NetworkName;
}

/** Times a run's first steps. */
export class SlowWatch {
  private readonly times: number[] = [];
  private last: number | undefined;

  constructor(
    private readonly run: { readonly architecture: NetworkName; readonly epochs: number },
    private readonly now = () => performance.now(),
  ) {}

  /** A step is done. Once enough of them are, and only then: how slow the run is, if it is. */
  step({ epoch, step, steps }: Pick<StepEvent, 'epoch' | 'step' | 'steps'>): Slowness | undefined {
    if (this.times.length === TIMED) return undefined;
    const now = this.now();
    // From the first one on, which compiles kernels. A median, since a run may be held between two, or validate.
    if (this.last !== undefined) this.times.push((now - this.last) / 1000);
    this.last = now;
    if (this.times.length < TIMED) return undefined;
    const seconds = [...this.times].sort((a, b) => a - b)[Math.floor(TIMED / 2)] ?? 0;
    const { architecture, epochs } = this.run;
    const secondsLeft = ((epochs - epoch + 1) * steps - step) * seconds;
    return secondsLeft > LONG ? { seconds, secondsLeft, architecture } : undefined;
  }
}
