/**
 * Reading what a run left. This program wrote its files completely, but people copy, edit and delete: every way in which
 * one can be missing or damaged ends in its name.
 */
import { messageOf, printable } from '../../format.ts';
import { RunError } from '../errors.ts';
import { parseFingerprint, type DataFingerprint } from './fingerprint.ts';
import { hasNotBegun, runFiles } from './folder.ts';
import type { RunReader } from './store.ts';

/** What a stopped run needs to be resumed, apart from the tensors. */
export interface RunRecord {
  /** `config.json`; its entries are not checked yet. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly classes: readonly string[];
  /** The fingerprint of the photos that the run was trained on. */
  readonly data: DataFingerprint;
  /** The bytes of the training state, and their name in messages. */
  readonly last: { readonly bytes: Uint8Array<ArrayBuffer>; readonly source: string };
}

/** Reads a run to resume it. Throws `RunError` naming the file that is missing or damaged. */
export async function readRun(reader: RunReader): Promise<RunRecord> {
  const { run } = reader;
  const source = fileOf(reader, 'last');
  if (typeof (await reader.size(runFiles.last)) !== 'number')
    throw new RunError(
      `${printable(source)} is missing: the run was stopped before its first checkpoint, or the file was deleted.`,
      { kind: 'never-began', run, isNameFree: hasNotBegun(await reader.list()) },
    );
  const records = await readRecords(reader);
  return { ...records, last: { bytes: await reader.read(runFiles.last), source: printable(source) } };
}

/** Reads what a run is, apart from its weights. Throws `RunError` naming the file that is missing or damaged. */
export async function readRecords(reader: RunReader): Promise<Omit<RunRecord, 'last'>> {
  return {
    config: await readJson(reader, 'config', asObject, 'an object of settings'),
    classes: await readJson(reader, 'classes', asNames, 'a list of two or more names'),
    data: await readJson(reader, 'data', parseFingerprint, 'a record of the photos'),
  };
}

/** The bytes of a run's best model, and their name in messages. Throws `RunError` where they are missing. */
export async function readBest(reader: RunReader): Promise<RunRecord['last']> {
  const source = printable(fileOf(reader, 'best'));
  if (typeof (await reader.size(runFiles.best)) === 'number')
    return { bytes: await reader.read(runFiles.best), source };
  throw new RunError(`${source} is missing, and no epoch since was better.`, {
    kind: 'damaged',
    run: reader.run,
  });
}

/** What one of a run's files is called in messages. */
export const fileOf = ({ run }: Pick<RunReader, 'run'>, name: keyof typeof runFiles): string =>
  `${run}/${runFiles[name]}`;

async function readJson<T>(
  reader: RunReader,
  name: 'config' | 'classes' | 'data',
  parse: (value: unknown) => T | undefined,
  what: string,
): Promise<T> {
  const damaged = (problem: string) =>
    new RunError(`${printable(fileOf(reader, name))} ${problem}.`, { kind: 'damaged', run: reader.run });
  const size = await reader.size(runFiles[name]);
  if (size === undefined) throw damaged('is missing, and without it the run cannot go on');
  if (size === 'no file') throw damaged('is not a file');
  if (size > LARGEST_JSON) throw damaged('is far larger than any file that a run writes');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(await reader.read(runFiles[name])));
  } catch (error) {
    throw damaged(`is damaged (${messageOf(error)})`);
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
