// A run that was stopped, to go on with: what its folder holds, and that it is not asked to be another run. A run that ended
// before its first checkpoint begins again, to the same weights.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFiles } from '../platform/files.ts';
import { decodeTrainingState, restoreModel, type TrainConfig, type TrainingState } from '../train/index.ts';
import { FileError } from './command.ts';
import { openGpu } from './device.ts';
import { heading, printable } from './format.ts';
import { refuseContradictions } from './train-config.ts';
import { findPhotos } from './train-photos.ts';
import { graftSession, type Session } from './train-session.ts';
import { readWeightsFile } from './weights-file.ts';

/** What a run's data were, in data.json. */
export interface DataRecord {
  readonly train: number;
  readonly valid: number;
  /** See `digestOf`. */
  readonly digest: string;
}

export interface ResumedSession extends Session {
  readonly state: TrainingState | undefined;
  readonly record: DataRecord | undefined;
}

/**
 * The session of the run in `folder`. Throws `UsageError` where `given` contradicts it, and `FileError` where the folder or
 * a file in it is missing or damaged, or the photos are of other classes.
 */
export async function resumeSession(
  folder: string,
  given: Partial<TrainConfig>,
  signal: AbortSignal,
): Promise<ResumedSession> {
  const config = await readConfig(folder);
  refuseContradictions(folder, config, given);
  const classes = await readJson<readonly string[]>(folder, 'classes.json');
  const record = await readJson<DataRecord>(folder, 'data.json');
  const last = join(folder, 'last.safetensors');
  const hasLast = (await nodeFiles.kind(last)) === 'file';
  if (!hasLast && (await nodeFiles.kind(join(folder, 'best.safetensors'))) === 'file')
    throw new FileError(
      `${printable(last)} is missing, without which the run cannot go on.`,
      'best.safetensors, which is there, predicts and can be started from anew with --weights.',
    );
  const photos = await findPhotos(config.data, config);
  checkSameClasses(folder, classes, photos.folder.classes);
  if (!hasLast) return { ...(await graftSession(config, photos, signal)), state: undefined, record };
  const file = await readWeightsFile(last);
  const state = decodeTrainingState(file, file.source);
  const { gpu, name: device } = await openGpu();
  heading('device', device);
  const { model, card } = restoreModel(gpu, file, file.source);
  if (!card) throw new FileError(`${file.source} is not a checkpoint of this run: its classes are missing.`);
  return { gpu, device, config, reasons: [], photos, model, architecture: card.architecture, state, record };
}

async function readConfig(folder: string): Promise<TrainConfig> {
  if ((await nodeFiles.kind(folder)) !== 'directory')
    throw new FileError(`There is no run ${printable(folder)} to resume.`);
  return readJson<TrainConfig>(folder, 'config.json');
}

async function readJson<T>(folder: string, name: string): Promise<T> {
  const path = join(folder, name);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    const { message } = error as Error;
    throw new FileError(
      `${printable(path)} ${error instanceof SyntaxError ? 'is damaged' : 'cannot be read'}: ${message}`,
      `--resume takes the folder of a run, in which graft train has written ${name}.`,
    );
  }
}

function checkSameClasses(run: string, then: readonly string[], now: readonly string[]): void {
  const quote = (names: readonly string[]) => names.map((name) => printable(JSON.stringify(name))).join(', ');
  const gone = then.filter((name) => !now.includes(name));
  const added = now.filter((name) => !then.includes(name));
  if (gone.length + added.length === 0) return;
  throw new FileError(
    [
      `The classes are not those that ${printable(run)} was trained on:`,
      ...(gone.length > 0 ? [`  ${quote(gone)} missing`] : []),
      ...(added.length > 0 ? [`  ${quote(added)} new`] : []),
    ].join('\n'),
    'Put the photos back as they were, or leave --resume out for a new run.',
  );
}

/** Throws `FileError` where the photos that were read are not those that the run was begun with. */
export function checkSameData(run: string, then: DataRecord, now: DataRecord): void {
  if (then.digest === now.digest) return;
  const numbers = ({ train, valid }: DataRecord) => `${train} to train on and ${valid} to validate`;
  const same = then.train === now.train && then.valid === now.valid;
  throw new FileError(
    same
      ? `The photos are as many as ${printable(run)} was trained on, but not the same.`
      : `The photos are not those that ${printable(run)} was trained on: ${numbers(then)} then, ${numbers(now)} now.`,
    'Put the photos back as they were, or leave --resume out for a new run.',
  );
}
