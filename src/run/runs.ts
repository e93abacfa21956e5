/** The runs that there are, each in a line's worth of facts, and the newest of them that ended: the one that people mean who name none. */
import { classReport, confusionMatrix, parseHistoryCsv, type HistoryEpoch } from '../report/index.ts';
import { parseSettings, type TrainConfig } from '../train/index.ts';
import { RunError } from './errors.ts';
import type { RunHost } from './host.ts';
import { readAnswers, type StoredAnswers } from './store/answers.ts';
import { runFiles, type RunFile } from './store/folder.ts';
import { fileOf } from './store/reading.ts';
import type { RunPlace, RunReader } from './store/store.ts';

/** A run as it lies there; what its files do not tell is undefined. */
export interface RunSummary {
  /** What it is found again by: `runs/photos`. */
  readonly run: string;
  /** In milliseconds since 1970. */
  readonly changedAt: number;
  readonly bytes: number;
  /** Whether it ended, by itself or by being stopped, with a model that was validated. */
  readonly isUsable: boolean;
  readonly config: Partial<TrainConfig>;
  readonly classes: readonly string[];
  readonly history: readonly HistoryEpoch[];
  /** Of the best model on the validation photos. */
  readonly best: { readonly epoch: number; readonly accuracy: number } | undefined;
  /** What the best model said to each of them. */
  readonly answers: StoredAnswers | undefined;
}

/** What looking for runs needs of a host. */
export interface RunsHost extends Pick<RunHost, 'store'> {
  /** Where runs may be, in any order. */
  runs(): Promise<readonly RunPlace[]>;
}

/** All runs, the newest first. */
export async function listRuns(host: RunsHost): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  for (const { run, changedAt } of await host.runs()) {
    const reader = await host.store.look(run);
    const summary = reader && (await summarise(reader, changedAt));
    if (summary) found.push(summary);
  }
  return found.sort((a, b) => b.changedAt - a.changedAt);
}

/** The run at `run`. Throws `RunError` where there is none. */
export async function summaryOf({ store }: Pick<RunHost, 'store'>, run: string): Promise<RunSummary> {
  const reader = await store.look(run);
  const summary = reader && (await summarise(reader, 0));
  if (!summary) throw new RunError(`There is no run ${run}.`, { kind: 'no-run', run });
  return summary;
}

/** The newest run that ended, and whether it is the newest of all. Throws `RunError` where there is none. */
export async function newestRun(host: RunsHost): Promise<RunSummary & { readonly isLast: boolean }> {
  const runs = await listRuns(host);
  const newest = runs.find(({ isUsable }) => isUsable);
  if (newest) return { ...newest, isLast: newest === runs[0] };
  throw new RunError(
    runs.length === 0 ? 'There is no run yet to take the model of.' : 'No run has ended yet with a model.',
    { kind: 'no-runs', runs: runs.map(({ run }) => run) },
  );
}

/** Undefined for a folder that no run has written. */
async function summarise(reader: RunReader, changedAt: number): Promise<RunSummary | undefined> {
  const sizes = new Map<RunFile, number>();
  for (const [name, file] of Object.entries(runFiles)) {
    const size = await reader.size(file);
    if (typeof size === 'number') sizes.set(name as RunFile, size);
  }
  if (!sizes.has('best') && !sizes.has('last')) return undefined;
  const config = await jsonOf(reader, 'config', sizes);
  const classes = await jsonOf(reader, 'classes', sizes);
  const history = await historyOf(reader, sizes);
  const answers = await readAnswers(reader);
  const best = history.findLast(({ isBest }) => isBest);
  return {
    ...{ run: reader.run, changedAt, history, answers },
    bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    isUsable: sizes.has('best') && sizes.has('report'),
    config: isObject(config) ? parseSettings(config).settings : {},
    classes: Array.isArray(classes) ? classes.filter((name): name is string => typeof name === 'string') : [],
    best: best && { epoch: best.epoch, accuracy: best.valid.accuracy },
  };
}

/** How many validation photos a run's best model told right, of how many; undefined where it has no answers. */
export function scoreOf({
  answers,
}: RunSummary): { readonly right: number; readonly total: number } | undefined {
  if (!answers) return undefined;
  const { actual, predicted, classes } = answers;
  const { accuracy } = classReport(confusionMatrix(actual, predicted, classes));
  return { right: Math.round(accuracy * actual.length), total: actual.length };
}

const LARGEST = 64 * 2 ** 20;

async function jsonOf(
  reader: RunReader,
  name: RunFile,
  sizes: ReadonlyMap<RunFile, number>,
): Promise<unknown> {
  if ((sizes.get(name) ?? Infinity) > LARGEST) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await reader.read(runFiles[name])));
  } catch {
    return undefined;
  }
}

async function historyOf(
  reader: RunReader,
  sizes: ReadonlyMap<RunFile, number>,
): Promise<readonly HistoryEpoch[]> {
  if ((sizes.get('csv') ?? Infinity) > LARGEST) return [];
  try {
    return parseHistoryCsv(new TextDecoder().decode(await reader.read(runFiles.csv)), fileOf(reader, 'csv'));
  } catch {
    return []; // somebody has edited it; the run is still one
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
