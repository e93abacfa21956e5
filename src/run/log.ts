/**
 * A run as plain lines, the ones that `graft train` writes where there is no terminal to redraw: for a page's log, and for
 * whoever reads it later. What only a terminal can do, bars and colours, stands there.
 */
import { printable } from '../format.ts';
import { datasetTable } from '../report/text/dataset.ts';
import type { RunEvent } from './events.ts';
import {
  endEntries,
  epochHead,
  epochText,
  featuresText,
  goingOnText,
  ignoredText,
  leftOutText,
  phaseEntries,
  settingsText,
  skippedTexts,
  slowText,
  weightsText,
  wrapped,
} from './texts.ts';

const COLUMNS = 80;
const INDENT = 12;

/** Fewer kernels than this are compiled before anyone wonders. */
const WORTH_A_LINE = 10;

/** Takes a run's events in their order. */
export class RunLog {
  private epochs = 0;
  private compiling = 0;

  /** The lines that an event adds to the log; most add none. */
  lines(event: RunEvent): string[] {
    switch (event.kind) {
      case 'shipped-weights':
        return [`${event.instead} cannot be fetched quickly: starting from graft's own weights`];
      case 'weights':
        return entry('weights', printable(weightsText(event.source, event.notes)));
      case 'device':
        return entry('device', event.name);
      case 'device-lost':
        return entry(
          'device lost',
          `${printable(event.message)} Going on ${event.run === undefined ? 'from the start' : 'from the last checkpoint'} on a new one.`,
        );
      case 'photos': {
        const { skipped, ignored } = event.data;
        const left = skippedTexts(skipped);
        const others = ignoredText(ignored);
        return [
          ...entry('data', printable(event.dir)),
          ...datasetTable(event.data).map((line) => `  ${line}`),
          ...(event.notes ?? []).map((note) => `  ${printable(note)}`),
          ...(left ? [`  ${left.head}`, ...left.rows.map((row) => `    ${row}`)] : []),
          ...(others === undefined ? [] : wrapped(others, COLUMNS - 2).map((line) => `  ${line}`)),
        ];
      }
      case 'chosen':
        return [
          ...event.reasons.flatMap((reason, i) => entry(i === 0 ? 'chosen' : '', reason)),
          ...entry('settings', settingsText(event.config)),
        ];
      case 'going-on':
        return entry('going on', goingOnText(event));
      case 'compiling':
        return this.compiled(event.done, event.total);
      case 'phase':
        return phaseEntries(event.architecture, event.event).flatMap(([subject, text]) =>
          entry(subject, text),
        );
      case 'left-out':
        return entry('', leftOutText(event.photos, event.batchSize));
      case 'slow':
        return entry('slow', slowText(event.slowness, event.tune));
      case 'features':
        return entry('features', featuresText(event.report, event.epochs));
      case 'training':
        this.epochs = event.epochs;
        return ['', epochHead(event.epochs)];
      case 'epoch':
        return [epochText(event.epoch, this.epochs) + (event.epoch.isBest ? '  best' : '')];
      case 'ended':
        return ['', ...endEntries(event.outcome).flatMap(([subject, text]) => entry(subject, text))];
      default:
        return [];
    }
  }

  private compiled(done: number, total: number): string[] {
    if (done === 0) this.compiling = performance.now();
    if (done < total || total < WORTH_A_LINE || this.epochs > 0) return [];
    const seconds = (performance.now() - this.compiling) / 1000;
    return entry('kernels', `${total} compiled in ${seconds.toFixed(1)} s`);
  }
}

/** A subject and its text, which goes on below itself. */
function entry(subject: string, text: string): string[] {
  return wrapped(text, COLUMNS - INDENT).map((line, i) => (i === 0 ? subject : '').padEnd(INDENT) + line);
}
