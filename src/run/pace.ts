/** How fast a run goes, and how much time is left. */
import type { StepEvent } from '../train/index.ts';

export interface TrainingSize {
  readonly epochs: number;
  /** Inputs of an epoch's steps, and of a validation. */
  readonly train: number;
  readonly valid: number;
}

export interface PaceNow {
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** Images per second, and from it the time left. The first step compiles kernels and does not count. */
export class Pace {
  private seconds = 0;
  private timed = 0;
  private validSeconds: number | undefined;
  private last: number | undefined;

  constructor(private readonly size: TrainingSize) {}

  /** A step over this many images is done. */
  step(images: number): void {
    const now = performance.now();
    if (this.last !== undefined) {
      this.seconds += (now - this.last) / 1000;
      this.timed += images;
    }
    this.last = now;
  }

  /** An epoch is done; its validation took this long. */
  epoch(validSeconds: number): void {
    this.validSeconds = validSeconds;
    this.last = undefined; // between here and the next step lie validation and writing
  }

  /** The run is held: the time until the next step counts for nothing. */
  held(): void {
    this.last = undefined;
  }

  /** After a step; undefined before two steps are done. */
  at({ epoch, step, steps }: Pick<StepEvent, 'epoch' | 'step' | 'steps'>): PaceNow | undefined {
    const imagesPerSecond = this.timed / this.seconds;
    if (!Number.isFinite(imagesPerSecond)) return undefined;
    const { epochs, train, valid } = this.size;
    const training = ((epochs - epoch + 1 - step / steps) * train) / imagesPerSecond;
    // Until one was seen: a validation has no backward pass, about half of a step.
    const validating = (epochs - epoch + 1) * (this.validSeconds ?? valid / imagesPerSecond / 2);
    return { imagesPerSecond, secondsLeft: training + validating };
  }
}
