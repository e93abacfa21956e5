// Reading what a run left, for `--resume`, `evaluate` and `predict`. The files are whole as this program wrote them,
// but people copy, edit and delete: every way in which one can be missing or damaged ends in its name and what to do.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFiles } from '../../platform/node/files.ts';
import { FileError } from '../command.ts';
import { printable } from '../../format.ts';
import { shellWord } from '../terminal/format.ts';
import { parseFingerprint, type DataFingerprint } from './fingerprint.ts';
import { noRun, runFiles } from './folder.ts';

/** What `--resume` needs, apart from the tensors. */
export interface RunRecord {
  readonly path: string;
  /** `config.json`, whose entries are still to be checked as flags are. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly classes: readonly string[];
  /** Of the photos that the run was trained on. */
  readonly data: DataFingerprint;
  /** The training state, a file that is there. */
  readonly last: string;
}

/** Reads a run to go on with it. Throws `FileError` naming the file that is missing or damaged, and the remedy. */
export async function readRun(path: string): Promise<RunRecord> {
  const kind = await nodeFiles.kind(path);
  if (kind === 'file') {
    throw new FileError(
      `${printable(path)} is a file; --resume takes the folder of a run, such as runs/train.`,
      'To start from a model file, give it as --weights.',
    );
  }
  if (kind !== 'directory') throw noRun(path);
  const config = await readJson(path, 'config', asObject, 'an object of settings');
  const classes = await readJson(path, 'classes', asNames, 'a list of two or more names');
  const data = await readJson(path, 'data', parseFingerprint, 'a record of the photos');
  const last = join(path, runFiles.last);
  if ((await nodeFiles.kind(last)) !== 'file') {
    throw new FileError(
      `${printable(last)} is missing: the run ended before its first checkpoint, or the file was deleted.`,
      'Start the run again under another --name.',
    );
  }
  return { path, config, classes, data, last };
}

/**
 * The file of the model that `path` names: a run's best, its last where no epoch ended, or `path` itself where it is a
 * file. Throws `FileError` where there is none.
 */
export async function modelFileOf(path: string): Promise<string> {
  const kind = await nodeFiles.kind(path);
  if (kind === 'file') return path;
  if (kind !== 'directory')
    throw new FileError(`There is no run or model file ${printable(path)}.`, '`ls runs` lists the runs.');
  for (const name of [runFiles.best, runFiles.last]) {
    const file = join(path, name);
    if ((await nodeFiles.kind(file)) === 'file') return file;
  }
  throw new FileError(
    `${printable(path)} holds no model: neither ${runFiles.best} nor ${runFiles.last} is there.`,
    'It is no run, or one that ended before its first checkpoint: train again, or name a model file.',
  );
}

async function readJson<T>(
  run: string,
  name: 'config' | 'classes' | 'data',
  parse: (value: unknown) => T | undefined,
  what: string,
): Promise<T> {
  const path = join(run, runFiles[name]);
  const remedy = `Put it back from a copy, or train again under another --name; the models stay usable: npm run predict -- --model ${printable(shellWord(run))} PHOTO.jpg`;
  const damaged = (problem: string) => new FileError(`${printable(path)} ${problem}.`, remedy);
  const kind = await nodeFiles.kind(path);
  if (kind === 'missing') throw damaged('is missing, and without it the run cannot go on');
  if (kind !== 'file') throw damaged('is not a file');
  if ((await stat(path)).size > LARGEST_JSON) throw damaged('is far larger than any that a run writes');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(await nodeFiles.read(path)));
  } catch (error) {
    throw damaged(`is damaged (${error instanceof Error ? error.message : String(error)})`);
  }
  const parsed = parse(value);
  if (parsed === undefined) throw damaged(`is damaged: it does not hold ${what}`);
  return parsed;
}

const LARGEST_JSON = 64 * 2 ** 20;

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

const asNames = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.length >= 2 && value.every((name) => typeof name === 'string')
    ? (value as string[])
    : undefined;
