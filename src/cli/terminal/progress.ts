// How far a run is: on a terminal a bar that redraws itself, elsewhere (a file, a pipe, a CI log) a plain line now and
// then, so that a log stays readable.
import cliProgress from 'cli-progress';
import type { CompileProgress } from '../../gpu/index.ts';
import type { EpochEvent, StepEvent } from '../../train/index.ts';
import { Pace, type TrainingSize } from '../../run/pace.ts';
import { epochHead, epochText, paceText } from '../../run/texts.ts';
import { colours as pc } from './colours.ts';
import { lossText } from '../../format.ts';
import { heading } from './format.ts';

/** Seconds between plain lines. */
const PLAIN_INTERVAL = 10;

/** A count towards a total that is known: decoding, compiling. Silent if there is no terminal. */
export class CountDisplay {
  private shown = false;

  constructor(private readonly what: string) {}

  update(done: number, total: number): void {
    if (!process.stdout.isTTY) return;
    process.stdout.write(`\r${this.what} ${done}/${total}`);
    this.shown = true;
  }

  /** Removes the line, so that what is printed next takes its place. */
  clear(): void {
    if (this.shown) process.stdout.write('\r\x1b[K');
    this.shown = false;
  }
}

/** Fewer kernels than this are compiled before anyone wonders. */
const WORTH_A_LINE = 10;

/** Shows the compilation of kernels as `Gpu.onCompile` reports it; silent while `isBusy`, when something else uses the line. */
export function compileDisplay(isBusy: () => boolean): CompileProgress {
  const compiling = new CountDisplay('Compiling kernels');
  let start = 0;
  return (done, total) => {
    if (isBusy()) return;
    if (done === 0) start = performance.now();
    compiling.update(done, total);
    if (done < total) return;
    compiling.clear();
    if (total < WORTH_A_LINE) return;
    heading('kernels', `${total} compiled in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  };
}

/** Steps and epochs of a training run, with speed and the time left. */
export class TrainingDisplay {
  private readonly bar: cliProgress.SingleBar | undefined;
  private barActive = false;
  private begun = false;
  private headed = false;
  private readonly pace: Pace;
  private lastPlainLine = performance.now();
  private recentLosses: number[] = [];

  /**
   * With `lossEvery` it prints the mean loss of so many steps after each of them, as training loops are often written.
   */
  constructor(
    private readonly size: TrainingSize,
    private readonly lossEvery?: number,
  ) {
    this.pace = new Pace(size);
    if (!process.stdout.isTTY) return;
    // Fits 80 columns with a thousand steps and hours to go.
    this.bar = new cliProgress.SingleBar({
      format: `epoch {epoch} ${pc.cyan('{bar}')} {value}/{total}  loss {loss}{pace}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 12,
      fps: 10,
      stream: process.stdout,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false, // the command has its own handlers of signals
      emptyOnZero: true,
    });
  }

  /** Whether steps are being shown: then nothing else should write to the same line. */
  get isShown(): boolean {
    return this.begun;
  }

  step({ epoch, step, steps, loss, count }: StepEvent): void {
    if (!this.begun) console.log();
    this.begun = true;
    this.pace.step(count);
    const pace = this.pace.at({ epoch, step, steps });
    const shown = {
      epoch: `${epoch}/${this.size.epochs}`,
      loss: lossText(loss),
      pace: pace ? `  ${paceText(pace)}` : '',
    };
    if (this.bar && step === steps) shown.pace = '  validating';
    if (this.bar) {
      if (!this.barActive) this.bar.start(steps, step, shown);
      else this.bar.update(step, shown);
      this.barActive = true;
    } else if (performance.now() - this.lastPlainLine >= PLAIN_INTERVAL * 1000) {
      this.lastPlainLine = performance.now();
      console.log(`epoch ${shown.epoch}  step ${step}/${steps}  loss ${shown.loss}${shown.pace}`);
    }
    if (this.lossEvery !== undefined) this.meanLoss(step, loss, this.lossEvery);
  }

  /** Counts within an epoch; each epoch starts again. */
  private meanLoss(step: number, loss: number, every: number): void {
    if (step === 1) this.recentLosses = [];
    this.recentLosses.push(loss);
    if (step % every !== 0) return;
    this.stop();
    const mean = this.recentLosses.reduce((sum, one) => sum + one, 0) / this.recentLosses.length;
    console.log(`  step ${step}  loss ${lossText(mean)}`);
    this.recentLosses = [];
  }

  epoch(epoch: EpochEvent): void {
    this.pace.epoch(epoch.validSeconds);
    this.stop();
    this.lastPlainLine = performance.now();
    if (!this.headed) console.log(pc.dim(epochHead(this.size.epochs)));
    this.headed = true;
    console.log(epochText(epoch, this.size.epochs) + (epoch.isBest ? `  ${pc.green('best')}` : ''));
  }

  /** Removes the bar, if there is one; the next step brings it back. */
  stop(): void {
    if (this.barActive) this.bar?.stop();
    this.barActive = false;
  }
}
