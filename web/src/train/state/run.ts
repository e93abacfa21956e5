/** A run as the page shows it: what is trained, how far it is, how it ended. What happens is decided by the engine. */
import { computed, signal } from '@preact/signals';
import type { HistoryEpoch } from '../../../../src/report/index.ts';
import { Pace, type PaceNow } from '../../../../src/run/pace.ts';
import type { StoredRun } from '../../engine/calls/runs.ts';
import type { EngineEvent } from '../../engine/protocol.ts';
import { gpuProblem, hasNoGpu } from '../shared/gpu-notice.tsx';
import { asking, busy, fail, failure, progress } from './asking.ts';
import { recallChoices } from './choices.ts';
import { engine, onEngineEvent } from './engine.ts';
import { adding, photos } from './photos.ts';
import { isReadOnly } from './project.ts';
import { showAnswers } from './results.ts';
import { given, problems } from './settings.ts';
import { addStep, forgetSteps } from './steps.ts';

export const adapter = signal<string | undefined>(undefined);

export const training = signal(false);
/** Whether the run under way is held: asked for, and reached. */
export const holding = signal(false);
export const isHeld = signal(false);
export const history = signal<readonly HistoryEpoch[]>([]);
export const pace = signal<PaceNow | undefined>(undefined);
export const log = signal<readonly string[]>([]);
export const run = signal<StoredRun | undefined>(undefined);
/** Not while photos come in: half of them would be another run, and where they are divided another division. */
export const canTrain = computed(
  () =>
    !adding.value &&
    photos.value.classes.filter((one) => one.count > 0).length >= 2 &&
    problems.value.size === 0 &&
    !training.value &&
    !hasNoGpu() &&
    !isReadOnly.value,
);

let paceKeeper: Pace | undefined;
/** Which epoch it is of how many, in words. */
let place = '';
let epochs = 0;

/** Begins with what is kept of the project that was opened. */
export async function begin(): Promise<void> {
  const kept = await asking('Opening', () => engine.photos());
  if (!kept) return;
  photos.value = kept;
  await recallChoices();
  // A run that cannot be read hides neither the photos nor that there is no GPU.
  let damage: unknown;
  await showRun(await engine.run().catch((error: unknown) => void (damage = error)));
  const found = await asking('Looking for the GPU', () => engine.adapter());
  adapter.value = found?.name;
  gpuProblem.value = found ? (found.isSoftware ? 'software' : undefined) : failure.value?.webGpu;
  if (gpuProblem.value !== undefined) failure.value = undefined; // it is said where it stays
  if (found && damage !== undefined) fail(damage);
}

/** Shows a run that was kept. */
export async function showRun(stored: StoredRun | undefined): Promise<void> {
  run.value = stored;
  history.value = stored?.history ?? [];
  log.value = stored?.log ?? [];
  await showAnswers(stored?.hasModel ?? false);
}

/** Trains anew, or goes on with the run that was stopped. */
export async function train(resume?: string): Promise<void> {
  training.value = true;
  pace.value = undefined;
  place = '';
  forgetSteps();
  if (resume === undefined) {
    history.value = [];
    log.value = [];
  }
  const answer = await asking('Getting ready', () => engine.train(given.value, resume));
  const lines = log.value;
  await showRun(await engine.run().catch(() => run.value));
  if (answer === undefined || log.value.length === 0) log.value = lines; // what led to a failure
  training.value = holding.value = isHeld.value = false;
}

/** Ends the run after the step under way; it can be gone on with. */
export const stop = (): Promise<void> => engine.stop();

/** Holds the run after the step under way, or lets it go on. */
export function hold(isWanted: boolean): Promise<void> {
  holding.value = isWanted;
  if (!isWanted) isHeld.value = false;
  return engine.hold(isWanted);
}

function onEvent(event: EngineEvent): void {
  switch (event.kind) {
    case 'log':
      log.value = [...log.value, ...event.lines].slice(-500);
      break;
    case 'held':
      isHeld.value = holding.value;
      if (isHeld.value) busy.value = `Paused${place}`;
      paceKeeper?.held();
      break;
    case 'downloading':
      busy.value = `Fetching the network ${event.what}`;
      progress.value = { done: event.bytes, total: event.total };
      break;
    case 'checking':
      busy.value = `Checking that ${event.name} computes right`;
      break;
    case 'reading':
      busy.value = 'Reading photos';
      progress.value = event;
      break;
    case 'compiling':
      if (history.value.length === 0 && event.done < event.total) {
        busy.value = 'Compiling kernels';
        progress.value = event;
      }
      break;
    case 'computing-features':
      busy.value = 'Computing features';
      progress.value = event;
      break;
    case 'carrying':
    case 'judging':
      progress.value = event;
      break;
    case 'training':
      paceKeeper = new Pace(event);
      ({ epochs } = event);
      break;
    case 'step':
      paceKeeper?.step(event.step.count);
      pace.value = paceKeeper?.at(event.step);
      place = `, epoch ${event.step.epoch} of ${epochs}`;
      busy.value = `Training${place}`;
      progress.value = { done: event.step.step, total: event.step.steps };
      addStep(event.step);
      break;
    case 'epoch':
      paceKeeper?.epoch(event.epoch.validSeconds);
      // Epochs since the last checkpoint are told again where the device was lost.
      history.value = [...history.value.filter(({ epoch }) => epoch < event.epoch.epoch), event.epoch];
      break;
  }
}

onEngineEvent(onEvent);
