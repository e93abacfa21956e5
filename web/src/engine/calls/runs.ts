/** Runs of a project: trained, stopped, gone on with, and what is told meanwhile. */
import { parseHistoryCsv, type HistoryEpoch } from '../../../../src/report/index.ts';
import type { RunEvent } from '../../../../src/run/events.ts';
import { hasNotBegun, runFiles } from '../../../../src/run/store/folder.ts';
import type { RunReader } from '../../../../src/run/store/store.ts';
import type { TrainConfig } from '../../../../src/train/index.ts';
import type { AdapterFacts } from '../../../../src/platform/web/adapter.ts';
import { checkAdapter } from '../check-adapter.ts';
import { KeptLog, readLog } from '../kept-log.ts';
import { loadWork } from '../load-work.ts';
import { PHOTOS } from '../photo-store.ts';
import type { Answering } from '../protocol.ts';
import type { Project } from '../project.ts';
import { runNames } from '../run-names.ts';
import { SHIPPED } from '../shipped.ts';

/** What of a run a page shows again after a reload. */
export interface StoredRun {
  readonly name: string;
  /** One row per epoch. */
  readonly history: readonly HistoryEpoch[];
  readonly hasModel: boolean;
  /** Whether it was stopped before its last epoch. */
  readonly canGoOn: boolean;
  /** All epochs that it is to have; undefined where its settings cannot be read. */
  readonly epochs: number | undefined;
  /** The lines of its log, without a run's that was never here. */
  readonly log: readonly string[];
}

export interface TrainAnswer {
  readonly trained: boolean;
  readonly stopped: boolean;
}

/** Events of a run without what cannot be copied or is too large to show: pixels of all photos and functions. */
export type PageEvent =
  | Exclude<RunEvent, { readonly kind: 'photos' | 'features' }>
  /** What the run's log has more, in the terminal's words. */
  | { readonly kind: 'log'; readonly lines: readonly string[] }
  /** The run is held between two steps, its state kept, until it is told to go on. */
  | { readonly kind: 'held' };

export interface RunCalls {
  /** What the page may say of the adapter. Rejects where there is none. */
  adapter(): AdapterFacts;
  /** Trains anew, or goes on with a run that was stopped. */
  train(given: Partial<TrainConfig>, resume?: string): TrainAnswer;
  /** Ends the run between two steps; it can be gone on with, now or after a reload. */
  stop(): void;
  /** Holds the run between two steps, or lets it go on. */
  hold(isHeld: boolean): void;
  run(): StoredRun | undefined;
}

/** `tell` takes what a run tells. */
export function runCalls(project: () => Project, tell: (event: PageEvent) => void): Answering<RunCalls> {
  let running: AbortController | undefined;
  const brake = new Brake();
  return {
    async adapter() {
      const { gpu, name } = await project().host.openGpu();
      return { name, isSoftware: gpu.software };
    },
    async train(given, resume) {
      if (running) throw new Error('A run is under way already.');
      const { photos } = project();
      photos.nameAs(resume);
      running = new AbortController();
      running.signal.addEventListener('abort', () => brake.release());
      const fresh = { data: PHOTOS, weights: SHIPPED, ...given };
      const { signal } = running;
      const result = await loadWork()
        .then(async ({ trainThroughLoss, RunLog }) => {
          const log = await KeptLog.open(project(), resume);
          const lines = new RunLog();
          const controls = {
            signal,
            hold: () => brake.held(() => tell({ kind: 'held' })),
            tell(event: RunEvent) {
              told(event, tell);
              const more = lines.lines(event);
              if (more.length > 0) tell({ kind: 'log', lines: more });
              log.add(more);
              if (event.kind === 'epoch' || event.kind === 'ended') log.keep(() => latestName(project()));
            },
          };
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
        .finally(() => {
          running = undefined;
          brake.release();
          photos.nameAs(undefined);
        });
      return {
        trained: result.kind === 'trained',
        stopped: result.kind === 'not trained' || result.stopped,
      };
    },
    stop() {
      running?.abort();
      return Promise.resolve();
    },
    hold(isHeld) {
      if (isHeld && running && !running.signal.aborted) brake.apply();
      else brake.release();
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

/** Holds a run between two steps while it is applied. */
class Brake {
  private promise: Promise<void> | undefined;
  private resolve: () => void = () => undefined;

  apply(): void {
    this.promise ??= new Promise((resolve) => (this.resolve = resolve));
  }

  release(): void {
    this.promise = undefined;
    this.resolve();
  }

  /** What the run waits for, if for anything. */
  held(tell: () => void): Promise<void> | undefined {
    if (this.promise) tell();
    return this.promise;
  }
}

function told(event: RunEvent, tell: (event: PageEvent) => void): void {
  if (event.kind === 'photos' || event.kind === 'features') return; // their lines in the log say enough
  tell(event);
}

/** The name of the run that was begun last. */
async function latestName(project: Project): Promise<string | undefined> {
  const { host } = project;
  for (const name of [...(await runNames(project))].reverse()) {
    const reader = await host.store.look(host.store.place(name));
    // One that ended before its first checkpoint, on a full disk for one, hides none that is there.
    if (reader && !hasNotBegun(await reader.list())) return name;
  }
  return undefined;
}

/** The run that was begun last. */
export async function latestRun(project: Project): Promise<StoredRun | undefined> {
  const { host } = project;
  const name = await latestName(project);
  const reader = name === undefined ? undefined : await host.store.look(host.store.place(name));
  if (!reader) return undefined;
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
    epochs: config?.epochs,
    log: await readLog(project, reader.run),
  };
}
