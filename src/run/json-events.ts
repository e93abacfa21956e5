/**
 * A run as lines of JSON, for programs that start one and watch it: an object a line, told apart by `event`. Their shape is a promise:
 * what is there stays, with its name and meaning, as long as `version` is 1; more may be added. docs/command-line.md describes them.
 * JSON knows no NaN and no infinity, which become null.
 */
import { overconfidenceText } from '../report/index.ts';
import type { Metrics } from '../train/index.ts';
import type { RunEvent } from './events.ts';
import { runFiles, type RunFile } from './store/folder.ts';
import { leftOutText, skippedTexts, slowText, weightsText } from './texts.ts';

const VERSION = 1;

type Line = { readonly event: string } & Readonly<Record<string, unknown>>;
type EventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: Kind }>;

/** Takes a run's events in their order. */
export class JsonEvents {
  private epochs = 0;

  /** `begun` is what is known of the run before it trains, and told when it does. */
  constructor(private begun: Readonly<Record<string, unknown>> = {}) {}

  /** The lines that an event adds; most add none. */
  lines(event: RunEvent): string[] {
    return this.objects(event).map((line) => JSON.stringify(line));
  }

  private objects(event: RunEvent): Line[] {
    switch (event.kind) {
      case 'device':
        return this.note({ device: event.name });
      case 'shipped-weights':
        return [
          warning(
            `${event.instead} cannot be fetched quickly: starting from the weights that come with graft`,
          ),
        ];
      case 'weights':
        return [warning(weightsText(event.source, event.notes))];
      case 'photos':
        this.note({ folder: event.dir, classes: event.data.classes });
        return photoWarnings(event);
      case 'chosen':
        return this.note({ settings: event.config, reasons: event.reasons });
      case 'going-on':
        return this.note({ resumed: true });
      case 'left-out':
        return [warning(leftOutText(event.photos, event.batchSize))];
      case 'slow':
        return [warning(slowText(event.slowness, event.tune))];
      case 'training':
        return this.started(event);
      case 'epoch':
        return [this.epoch(event)];
      case 'best':
        return [
          { event: 'best', epoch: event.epoch, ...scoreOf(event.valid), file: inRun(event.run, 'best') },
        ];
      case 'ended':
        return ended(event);
      case 'compared':
        return [{ event: 'compared', starts: event.results.map(startOf) }];
      default:
        return [];
    }
  }

  private note(facts: Readonly<Record<string, unknown>>): Line[] {
    this.begun = { ...this.begun, ...facts };
    return [];
  }

  private started({ run, history, epochs, train, valid }: EventOf<'training'>): Line[] {
    this.epochs = epochs;
    const about = { version: VERSION, run, resumed: false, ...this.begun };
    return [{ event: 'started', ...about, photos: { train, valid }, epochs, epochsDone: history.length }];
  }

  private epoch({ epoch: one }: EventOf<'epoch'>): Line {
    const { epoch, phase, train, valid, learningRate, isBest, trainSeconds, validSeconds } = one;
    return {
      ...{ event: 'epoch', epoch, epochs: this.epochs, phase: phase + 1 },
      ...{ train: scoreOf(train), valid: scoreOf(valid), learningRate, best: isBest },
      ...{ seconds: trainSeconds + validSeconds, imagesPerSecond: one.imagesPerSecond },
    };
  }
}

/** A run that was stopped before it trained; `run` where it can be resumed. */
export const notTrainedLine = (run: string | null): string =>
  JSON.stringify({ event: 'finished', outcome: 'interrupted', run, epochs: 0, best: null, files: null });

const warning = (message: string): Line => ({ event: 'warning', message });

const inRun = (run: string, file: RunFile): string => `${run}/${runFiles[file]}`;

const scoreOf = ({ loss, accuracy }: Metrics) => ({ loss, accuracy });

function photoWarnings({ data, notes = [] }: EventOf<'photos'>): Line[] {
  const skipped = skippedTexts(data.skipped);
  const lines = notes.map(warning);
  return skipped ? [...lines, warning([skipped.head, ...skipped.rows].join('\n'))] : lines;
}

function ended({ run, outcome: { best, judged, history, stopped, endedEarly } }: EventOf<'ended'>): Line[] {
  const overconfident =
    best && judged ? overconfidenceText(best, history.length, judged.confusion.classes.length) : undefined;
  const file = (name: RunFile) => inRun(run, name);
  return [
    ...(overconfident === undefined ? [] : [warning(overconfident)]),
    {
      ...{ event: 'finished', outcome: stopped ? 'interrupted' : endedEarly ? 'stopped early' : 'finished' },
      ...{ run, epochs: history.length, best: best ? { epoch: best.epoch, ...scoreOf(best.valid) } : null },
      temperature: judged?.temperature ?? null,
      files: {
        ...{ model: best ? file('best') : null, checkpoint: file('last'), report: file('report') },
        history: history.length > 0 ? file('jsonl') : null,
      },
    },
  ];
}

const startOf = ({ weights, valid }: EventOf<'compared'>['results'][number]) => ({
  weights,
  ...scoreOf(valid),
});
