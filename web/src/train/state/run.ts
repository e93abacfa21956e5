/** A run as the page shows it: what is trained, how far it is, how it ended. What happens is decided by the engine. */
import { computed, signal } from '@preact/signals';
import { plural } from '../../../../src/format.ts';
import type { HistoryEpoch } from '../../../../src/report/index.ts';
import type { RunOutcome } from '../../../../src/run/outcome.ts';
import { Pace, type PaceNow } from '../../../../src/run/pace.ts';
import type { StoredRun } from '../../engine/calls/runs.ts';
import type { EngineEvent } from '../../engine/protocol.ts';
import { asking, busy, fail, progress } from './asking.ts';
import { engine, onEngineEvent } from './engine.ts';
import { photos } from './photos.ts';
import { isReadOnly } from './project.ts';

/** How much of the network is trained. */
export type Tune = 'auto' | 'head' | 'layer4' | 'all';

export const adapter = signal<string | undefined>(undefined);
export const tune = signal<Tune>('auto');
export const epochs = signal<number | undefined>(undefined);

export const training = signal(false);
export const history = signal<readonly HistoryEpoch[]>([]);
export const pace = signal<PaceNow | undefined>(undefined);
export const log = signal<readonly string[]>([]);
export const outcome = signal<RunOutcome | undefined>(undefined);
export const run = signal<StoredRun | undefined>(undefined);
export const canTrain = computed(
  () =>
    photos.value.classes.filter((one) => one.photos.length > 0).length >= 2 &&
    !training.value &&
    !isReadOnly.value,
);

let paceKeeper: Pace | undefined;

function say(line: string): void {
  log.value = [...log.value.slice(-500), line];
}

/** Begins with what is kept of the project that was opened. */
export async function begin(): Promise<void> {
  const kept = await asking('Opening', () => engine.photos());
  if (!kept) return;
  photos.value = kept;
  // A run that cannot be read hides neither the photos nor that there is no GPU.
  let damage: unknown;
  showRun(await engine.run().catch((error: unknown) => void (damage = error)));
  const found = await asking('Looking for the GPU', () => engine.adapter());
  adapter.value = found?.name;
  if (found && damage !== undefined) fail(damage);
}

/** Shows another run than before. */
export function changeRun(stored: StoredRun | undefined): void {
  outcome.value = undefined;
  log.value = [];
  showRun(stored);
}

function showRun(stored: StoredRun | undefined): void {
  run.value = stored;
  history.value = stored?.history ?? [];
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

function onEvent(event: EngineEvent): void {
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
    case 'carrying':
      progress.value = event;
      break;
    case 'ended':
      outcome.value = event.outcome;
      break;
  }
}

onEngineEvent(onEvent);
