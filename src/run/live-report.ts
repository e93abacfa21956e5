/** The report of a run while it trains, made of the run's events. What only the best model can tell comes at the end. */
import { networks } from '../networks/index.ts';
import { renderReport, type HistoryEpoch, type LivePage, type ReportData } from '../report/index.ts';
import type { RunEvent } from './events.ts';
import { nameOfRun, speedOf } from './report.ts';

type EventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: Kind }>;

export class LiveReport {
  private readonly started = performance.now();
  private device = '';
  private folder = '';
  private chosen: EventOf<'chosen'> | undefined;
  private training: EventOf<'training'> | undefined;
  private parameters: ReportData['parameters'] = { trained: 0, frozen: 0 };
  private history: readonly HistoryEpoch[] = [];

  /** `uplot` is the text of what draws the curves. */
  constructor(
    private readonly version: string,
    private readonly uplot: ReportData['uplot'],
  ) {}

  /** Takes the run's events in their order; whether the report is another now. */
  take(event: RunEvent): boolean {
    switch (event.kind) {
      case 'device':
        this.device = event.name;
        return false;
      case 'photos':
        this.folder = event.dir;
        return false;
      case 'chosen':
        this.chosen = event;
        return false;
      case 'training':
        this.training = event;
        this.history = event.history;
        return true;
      case 'phase':
        this.parameters = event.event.frozen;
        return true;
      case 'epoch':
        this.history = [...this.history, event.epoch];
        return true;
      default:
        return false;
    }
  }

  /** The page, to be read by itself or, with `live`, to be opened; undefined before training begins. */
  page(live?: LivePage): string | undefined {
    const { training, chosen, history } = this;
    if (!training || !chosen) return undefined;
    const { config, reasons } = chosen;
    return renderReport(
      {
        ...{ name: nameOfRun(training.run), graft: this.version, finished: new Date(), outcome: 'training' },
        ...{ history, data: { folder: this.folder, train: training.train, valid: training.valid } },
        ...{ model: networks[training.architecture].title, parameters: this.parameters, device: this.device },
        ...{ seconds: (performance.now() - this.started) / 1000, imagesPerSecond: speedOf(history) },
        strategy: { summary: `training ${config.tune}`, reasons },
        ...{ mistakes: [], mistakeCount: 0, config: { ...config }, commands: [], uplot: this.uplot },
      },
      live,
    );
  }
}
