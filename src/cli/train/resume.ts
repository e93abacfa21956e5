// A run that was stopped, to go on with: its settings, photos and training state, and that it
// is not asked to be another run.
import { decodeTrainingState, loadNetwork, type TrainConfig, type TrainingState } from '../../train/index.ts';
import { FileError } from '../command.ts';
import { openGpu } from '../device.ts';
import { readWeightsFile } from '../model/weights-file.ts';
import { dataDifferences, type DataFingerprint } from '../run/fingerprint.ts';
import { readRun } from '../run/reading.ts';
import { printable } from '../terminal/format.ts';
import { parseConfig, refuseContradictions } from './config.ts';
import { findPhotos } from './photos.ts';
import type { Session } from './session.ts';

export interface ResumedSession extends Session {
  readonly state: TrainingState;
  /** The photos that the run was begun with. */
  readonly trainedOn: DataFingerprint;
}

/**
 * The session of the run in `folder`. Throws `UsageError` where `given` contradicts the run, and `FileError`
 * or `WeightsError` where one of its files is missing or damaged or the photos are of other classes.
 */
export async function resumeSession(folder: string, given: Partial<TrainConfig>): Promise<ResumedSession> {
  const run = await readRun(folder);
  const config = parseConfig(run.config, `${folder}/config.json`);
  refuseContradictions(folder, config, given);
  const photos = await findPhotos(config.data, config);
  checkSameClasses(folder, run.classes, photos.folder.classes);
  const file = await readWeightsFile(run.last);
  const state = decodeTrainingState(file, file.source);
  const { gpu, name: device } = await openGpu();
  const { model, card } = loadNetwork(gpu, file, file.source);
  if (!card) throw new FileError(`${file.source} is no checkpoint of this run: it names no classes.`);
  const { architecture } = card;
  return { gpu, device, config, reasons: [], photos, model, architecture, state, trainedOn: run.data };
}

function checkSameClasses(run: string, then: readonly string[], now: readonly string[]): void {
  const quote = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');
  const gone = then.filter((name) => !now.includes(name));
  const added = now.filter((name) => !then.includes(name));
  refuse(run, [
    ...(gone.length > 0 ? [`there is no class ${quote(gone)} any more`] : []),
    ...(added.length > 0 ? [`there is a new class ${quote(added)}`] : []),
  ]);
}

/** Throws `FileError` where the photos that were read are not those that the run was begun with. */
export function checkSamePhotos(run: string, then: DataFingerprint, now: DataFingerprint): void {
  refuse(run, dataDifferences(then, now));
}

function refuse(run: string, differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new FileError(
    `The photos are not those that the run ${printable(run)} was begun with:\n${differences.map((one) => `  ${printable(one)}`).join('\n')}`,
    'Put them back as they were, or leave --resume out for a new run.',
  );
}
