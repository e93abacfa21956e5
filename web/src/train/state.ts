/** What the train page knows, as signals; what happens is decided by the engine, and here it is kept for showing. */
import { computed, signal } from '@preact/signals';
import { messageOf, plural } from '../../../src/format.ts';
import type { HistoryEpoch } from '../../../src/report/index.ts';
import { Pace, type PaceNow } from '../../../src/run/pace.ts';
import type { RunOutcome } from '../../../src/run/outcome.ts';
import { EngineError, startEngine } from '../engine/client.ts';
import type { PageEvent, PhotoSet, PickedPhoto, PredictAnswer, StoredRun } from '../engine/protocol.ts';

/** How much of the network is trained. */
export type Tune = 'auto' | 'head' | 'layer4' | 'all';

export const photos = signal<PhotoSet>({ classes: [], leftOut: [] });
export const adapter = signal<string | undefined>(undefined);
/** What keeps the page from working, or what went wrong last; with the kind of the WebGPU problem, where it is one. */
export const failure = signal<{ readonly message: string; readonly webGpu?: string | undefined } | undefined>(
  undefined,
);
export const tune = signal<Tune>('auto');
export const epochs = signal<number | undefined>(undefined);

/** What is at work, in words; undefined while nothing is. */
export const busy = signal<string | undefined>(undefined);
export const progress = signal<{ readonly done: number; readonly total: number } | undefined>(undefined);
export const training = signal(false);
export const history = signal<readonly HistoryEpoch[]>([]);
export const pace = signal<PaceNow | undefined>(undefined);
export const log = signal<readonly string[]>([]);
export const outcome = signal<RunOutcome | undefined>(undefined);
export const run = signal<StoredRun | undefined>(undefined);
export const answers = signal<readonly (PredictAnswer & { readonly url: string })[]>([]);

export const canTrain = computed(
  () => photos.value.classes.filter((one) => one.photos.length > 0).length >= 2 && !training.value,
);

let paceKeeper: Pace | undefined;

export const engine = startEngine(onEvent);

function say(line: string): void {
  log.value = [...log.value.slice(-500), line];
}

/** Asks the engine for something, and shows what goes wrong. */
async function asking<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  busy.value = what;
  failure.value = undefined;
  try {
    return await work();
  } catch (error) {
    const webGpu = error instanceof EngineError ? error.failure.webGpu : undefined;
    failure.value = { message: messageOf(error), webGpu };
    return undefined;
  } finally {
    busy.value = undefined;
    progress.value = undefined;
  }
}

/** Begins with what is kept from before. */
export async function begin(): Promise<void> {
  const found = await asking('Opening', async () => ({
    photos: await engine.photos(),
    run: await engine.run(),
  }));
  if (!found) return;
  photos.value = found.photos;
  showRun(found.run);
  adapter.value = (await asking('Looking for the GPU', () => engine.adapter()))?.name;
}

function showRun(stored: StoredRun | undefined): void {
  run.value = stored;
  history.value = stored?.history ?? [];
}

export async function addPhotos(given: Promise<readonly PickedPhoto[]>): Promise<void> {
  const set = await asking('Keeping photos', async () => engine.addPhotos(await given));
  if (set) photos.value = set;
}

export async function renameClass(name: string, to: string): Promise<void> {
  photos.value = (await asking('Renaming', () => engine.renameClass(name, to))) ?? photos.value;
}

export async function removeClass(name: string): Promise<void> {
  photos.value = (await asking('Removing', () => engine.removeClass(name))) ?? photos.value;
}

/** Trains anew, or goes on with the run that was stopped. */
export async function train(resume?: string): Promise<void> {
  training.value = true;
  outcome.value = undefined;
  if (resume === undefined) history.value = [];
  pace.value = undefined;
  log.value = [];
  const given = {
    ...(tune.value !== 'auto' && { tune: tune.value }),
    ...(epochs.value !== undefined && { epochs: epochs.value }),
  };
  await asking('Getting ready', () => engine.train(given, resume));
  training.value = false;
  showRun(await engine.run().catch(() => run.value));
}

export const stop = (): Promise<void> => engine.stop();

/** Asks the model what is on photos. */
export async function tryOn(given: Promise<readonly PickedPhoto[]>): Promise<void> {
  const found = await asking('Looking', async () => {
    const picked = await given;
    return { picked, predictions: picked.length > 0 ? await engine.predict(picked) : [] };
  });
  if (!found || found.picked.length === 0) return; // a choice that was closed, or something else than files
  for (const { url } of answers.value) URL.revokeObjectURL(url);
  answers.value = found.predictions.map((answer, i) => ({
    ...answer,
    url: URL.createObjectURL(found.picked[i]?.file ?? new Blob()),
  }));
}

/** Hands a file of the run to the browser, to be saved. */
export async function take(what: 'safetensors' | 'onnx' | 'report'): Promise<void> {
  const taken = await asking('Writing', () => engine.take(what));
  if (!taken) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(taken.file);
  link.download = taken.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function onEvent(event: PageEvent): void {
  switch (event.kind) {
    case 'downloading':
      busy.value = `Fetching the network ${event.what}`;
      progress.value = { done: event.bytes, total: event.total };
      break;
    case 'device':
      say(`device      ${event.name}`);
      break;
    case 'reading':
      busy.value = 'Reading photos';
      progress.value = event;
      break;
    case 'photos':
      say(`photos      ${event.train} to train on, ${event.valid} to judge by`);
      if (event.skipped > 0) say(`skipped     ${plural(event.skipped, 'photo')} that cannot be read`);
      break;
    case 'chosen':
      event.reasons.forEach((reason, i) => say(`${i === 0 ? 'chosen' : ''}`.padEnd(12) + reason));
      break;
    case 'compiling':
      if (history.value.length === 0 && event.done < event.total) {
        busy.value = 'Compiling kernels';
        progress.value = event;
      }
      break;
    case 'phase':
      say(`model       ${event.architecture}, training ${event.event.frozen.parts.join(', ')}`);
      break;
    case 'computing-features':
      busy.value = 'Computing features';
      progress.value = event;
      break;
    case 'features':
      say(`features    ${event.text}`);
      break;
    case 'training':
      paceKeeper = new Pace(event);
      break;
    case 'step':
      paceKeeper?.step(event.step.count);
      pace.value = paceKeeper?.at(event.step);
      busy.value = `Training, epoch ${event.step.epoch}`;
      progress.value = { done: event.step.step, total: event.step.steps };
      break;
    case 'epoch':
      paceKeeper?.epoch(event.epoch.validSeconds);
      history.value = [...history.value, event.epoch];
      break;
    case 'ended':
      outcome.value = event.outcome;
      break;
  }
}
