// A run as lines on a terminal: what `src/run` tells, one after the other.
import { count, percent, printable } from '../../format.ts';
import { table } from '../../report/text/table.ts';
import type { RunEvent, StartComparison } from '../../run/events.ts';
import {
  featuresText,
  goingOnText,
  leftOutText,
  phaseEntries,
  settingsText,
  slowText,
  startText,
  weightsText,
} from '../../run/texts.ts';
import type { NotTrained } from '../../run/train.ts';
import { printData } from '../data-report.ts';
import { DownloadDisplay } from '../terminal/download-display.ts';
import { resumeCommand } from '../remedies.ts';
import { colours as pc } from '../terminal/colours.ts';
import { heading, paragraph, printTable } from '../terminal/format.ts';
import { typed } from '../terminal/invocation.ts';
import { compileDisplay, CountDisplay, TrainingDisplay } from '../terminal/progress.ts';
import { summarise } from './summary.ts';

/** How often the seed's program prints the loss. */
const SEED_LOSS_STEPS = 100;

export interface DisplayOptions {
  readonly recipe?: string;
  readonly output?: string;
  /** What a config file has set, in words. */
  readonly configured?: string | undefined;
}

/** Shows the events of a run, or of a command that begins like one. */
export class TrainDisplay {
  private download: DownloadDisplay | undefined;
  private training: TrainingDisplay | undefined;
  private readonly counts = {
    reading: new CountDisplay('Reading photos'),
    'computing-features': new CountDisplay('Computing features'),
    searching: new CountDisplay('Searching, step'),
    judging: new CountDisplay('Evaluating photos'),
    comparing: new CountDisplay('The same from random weights, epoch'),
  };
  private readonly compiling = compileDisplay(() => this.training?.isShown ?? false);
  private lossEvery: number | undefined;

  constructor(private readonly options: DisplayOptions = {}) {
    process.once('exit', () => this.clear()); // a bar hides the cursor, and a second Ctrl-C ends here
  }

  show(event: RunEvent): void {
    switch (event.kind) {
      case 'downloading':
        this.download ??= new DownloadDisplay(event.what);
        return this.download.update(event.bytes, event.total);
      case 'reading':
      case 'computing-features':
      case 'searching':
      case 'judging':
        return this.counts[event.kind].update(event.done, event.total);
      case 'comparing':
        return this.counts.comparing.update(event.epoch, event.epochs);
      case 'compiling':
        return this.compiling(event.done, event.total);
      case 'step':
        return this.training?.step(event.step);
      case 'epoch':
        return this.training?.epoch(event.epoch);
      default:
        this.clear();
        this.print(event);
    }
  }

  /** The report is served at this address. */
  serving(url: string): void {
    heading('report', `${url} shows it until the run ends`);
  }

  /** The end of a run that was stopped before it trained. */
  notTrained({ run, canGoOn }: NotTrained): void {
    this.clear();
    if (canGoOn && run !== undefined)
      console.log(`Stopped before training. Continue with:\n  ${resumeCommand(run)}`);
    else console.log('Stopped before training; there is nothing to keep.');
  }

  /** Removes what is redrawn, so that what is printed next takes its place. */
  clear(): void {
    this.training?.stop();
    this.download?.clear();
    for (const display of Object.values(this.counts)) display.clear();
  }

  private print(event: RunEvent): void {
    switch (event.kind) {
      case 'shipped-weights':
        console.log(
          pc.dim(
            `${event.instead} is not on this machine and cannot be fetched quickly: starting from graft's own weights`,
          ),
        );
        break;
      case 'weights':
        paragraph('weights', printable(weightsText(event.source, event.notes)));
        break;
      case 'device':
        heading('device', event.name);
        break;
      case 'photos':
        printData(event.dir, event.data, event.notes);
        break;
      case 'chosen':
        this.lossEvery = event.config.recipe === 'seed' ? SEED_LOSS_STEPS : undefined;
        printReasons(event.reasons);
        paragraph('settings', printable(settingsText(event.config)));
        if (this.options.configured !== undefined) paragraph('', printable(this.options.configured));
        break;
      case 'looked':
        console.log(`\n${event.text}`);
        break;
      case 'going-on':
        paragraph('going on', goingOnText(event));
        break;
      case 'training':
        this.training = new TrainingDisplay(event, this.lossEvery);
        break;
      case 'phase':
        for (const [subject, text] of phaseEntries(event.architecture, event.event)) heading(subject, text);
        break;
      case 'left-out':
        console.log(pc.dim(`            ${leftOutText(event.photos, event.batchSize)}`));
        break;
      case 'slow':
        paragraph('slow', slowText(event.slowness, event.tune));
        break;
      case 'features':
        paragraph('features', featuresText(event.report, event.epochs));
        break;
      case 'ended':
        summarise(event.outcome, event.run, this.options.output);
        break;
      case 'compared':
        printComparison(event.results, typed('train'));
    }
  }
}

/** Prints what was chosen and why. */
function printReasons(reasons: readonly string[]): void {
  reasons.forEach((reason, i) => paragraph(i === 0 ? 'chosen' : '', reason));
  if (reasons.length > 0)
    console.log(pc.dim('            (options that you give take precedence; --help lists them)'));
}

/**
 * Prints the results side by side, and what to type for your own photos; `train` is how the command is typed here
 * ("npm run train --").
 */
export function printComparison(results: readonly StartComparison[], train: string): void {
  const judged = results[0]?.valid.count ?? 0;
  console.log();
  heading('compared', `animal or food? ${count(judged)} drawings in a style that was never trained on`);
  const rows = results.map(({ valid, ...start }) => [
    startText(start),
    percent(valid.accuracy),
    valid.loss.toFixed(2),
  ]);
  printTable(table([['starting from', 'right', 'loss'], ...rows]));
  console.log(
    [
      '\nNow with your own photos, one folder per class:',
      '  photos/cats/*.jpg',
      '  photos/dogs/*.jpg',
      `  ${train} --data photos`,
    ].join('\n'),
  );
}
