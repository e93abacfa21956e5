/** Runs of a project: trained, stopped, gone on with, and what is told meanwhile. */
import { parseHistoryCsv, type HistoryEpoch } from '../../../../src/report/index.ts';
import type { RunEvent } from '../../../../src/run/events.ts';
import type { RunOutcome } from '../../../../src/run/outcome.ts';
import { hasNotBegun, runFiles } from '../../../../src/run/store/folder.ts';
import type { RunReader } from '../../../../src/run/store/store.ts';
import { featuresText } from '../../../../src/run/texts.ts';
import type { TrainConfig } from '../../../../src/train/index.ts';
import { checkAdapter } from '../check-adapter.ts';
import { loadWork } from '../load-work.ts';
import { PHOTOS } from '../photo-store.ts';
import type { Answering } from '../protocol.ts';
import { runsOf, type Project } from '../project.ts';
import { SHIPPED } from '../shipped.ts';

/** What of a run a page shows again after a reload. */
export interface StoredRun {
  readonly name: string;
  /** One row per epoch. */
  readonly history: readonly HistoryEpoch[];
  readonly hasModel: boolean;
  /** Whether it was stopped before its last epoch. */
  readonly canGoOn: boolean;
}

export interface TrainAnswer {
  readonly trained: boolean;
  readonly stopped: boolean;
}

/** Events of a run without what cannot be copied or is too large to show: pixels of all photos and functions. */
export type PageEvent =
  | Exclude<RunEvent, { readonly kind: 'photos' | 'features' | 'ended' }>
  | { readonly kind: 'photos'; readonly train: number; readonly valid: number; readonly skipped: number }
  | { readonly kind: 'features'; readonly text: string }
  | { readonly kind: 'ended'; readonly run: string; readonly outcome: RunOutcome };

export interface RunCalls {
  /** The adapter for people. Rejects where there is none. */
  adapter(): { readonly name: string };
  /** Trains anew, or goes on with a run that was stopped. */
  train(given: Partial<TrainConfig>, resume?: string): TrainAnswer;
  stop(): void;
  run(): StoredRun | undefined;
}

/** `tell` takes what a run tells. */
export function runCalls(project: () => Project, tell: (event: PageEvent) => void): Answering<RunCalls> {
  let running: AbortController | undefined;
  return {
    adapter: async () => ({ name: (await project().host.openGpu()).name }),
    async train(given, resume) {
      if (running) throw new Error('A run is under way already.');
      running = new AbortController();
      const fresh = { data: PHOTOS, weights: SHIPPED, ...given };
      const controls = { signal: running.signal, tell: (event: RunEvent) => told(event, tell) };
      const result = await loadWork()
        .then(async ({ trainThroughLoss }) => {
          await checkAdapter(project().host, (name) => tell({ kind: 'checking', name }));
          return trainThroughLoss(
            project().host,
            {
              given: resume === undefined ? fresh : await placeOf(await project().host.store.look(resume)),
              resume,
              commands: () => [],
            },
            controls,
          );
        })
        .finally(() => (running = undefined));
      return {
        trained: result.kind === 'trained',
        stopped: result.kind === 'not trained' || result.stopped,
      };
    },
    stop() {
      running?.abort();
      return Promise.resolve();
    },
    run: () => latestRun(project()),
  };
}

/** Where a run's photos are: here, wherever it was begun. Only drawings that come with graft are in no folder. */
async function placeOf(run: RunReader | undefined): Promise<Partial<TrainConfig>> {
  const config =
    run && new TextDecoder().decode(await run.read(runFiles.config).catch(() => new Uint8Array()));
  const { parseObject } = await loadWork();
  return parseObject(config ?? '').value?.['data'] === null ? {} : { data: PHOTOS };
}

function told(event: RunEvent, tell: (event: PageEvent) => void): void {
  switch (event.kind) {
    case 'photos': {
      const { train, valid, skipped } = event.data;
      return tell({ kind: 'photos', train: train.count, valid: valid.count, skipped: skipped.length });
    }
    case 'features':
      return tell({ kind: 'features', text: featuresText(event.report, event.epochs) });
    default:
      return tell(event);
  }
}

/** The run that was begun last. */
export async function latestRun({ storage, root, host }: Project): Promise<StoredRun | undefined> {
  const names = (await (await storage.find(runsOf(root)))?.list()) ?? [];
  const number = (name: string) => Number(/\d+$/.exec(name)?.[0] ?? 1);
  for (const name of [...names].sort((a, b) => number(b) - number(a))) {
    const reader = await host.store.look(host.store.place(name));
    // One that ended before its first checkpoint, on a full disk for one, hides none that is there.
    if (reader && !hasNotBegun(await reader.list())) return storedRun(reader);
  }
  return undefined;
}

async function storedRun(reader: RunReader): Promise<StoredRun> {
  const has = async (file: keyof typeof runFiles) => typeof (await reader.size(runFiles[file])) === 'number';
  const text = async (file: keyof typeof runFiles) =>
    (await has(file)) ? new TextDecoder().decode(await reader.read(runFiles[file])) : '';
  const history = parseHistoryCsv(await text('csv'), runFiles.csv);
  const { parseConfig, parseObject } = await loadWork();
  const { config } = parseConfig(parseObject(await text('config')).value ?? {});
  return {
    name: reader.run,
    history,
    hasModel: await has('best'),
    canGoOn: (await has('last')) && config !== undefined && history.length < config.epochs,
  };
}
