/** A trained model as people name it: its file, or the run that made it. */
import { printable } from '../../format.ts';
import { isBeforeTraining } from '../../train/index.ts';
import { RunError } from '../errors.ts';
import type { FoundWeights, RunHost } from '../host.ts';
import { readTemperature } from '../store/calibration.ts';
import { runFiles } from '../store/folder.ts';
import { fileOf } from '../store/reading.ts';
import { readPreparation } from './preparation.ts';
import type { RunReader } from '../store/store.ts';
import {
  besideFile,
  besideInRun,
  parseWeights,
  readBytes,
  type Beside,
  type NamedWeights,
} from './weights-file.ts';

export interface ModelFile extends NamedWeights {
  /** Where it was read. */
  readonly path: string;
  /** The run whose best model it is. */
  readonly bestOf?: RunReader | undefined;
}

/**
 * Reads the model at `path`, a file or a run: of a run the best model, or the last if no epoch ended. Throws `RunError` or
 * `WeightsError` if there is none, and if it comes from a run that was stopped before it trained anything: its head
 * would only guess.
 */
export async function readModelFile(
  host: Pick<RunHost, 'files' | 'store' | 'sha256'>,
  path: string,
): Promise<ModelFile> {
  const found = await findModel(host, path);
  const file = await parseWeights(found, found.beside);
  if (!isBeforeTraining(file)) {
    const preparation = await readPreparation(host.files, found.path, file.metadata);
    const temperature = found.bestOf && (await readTemperature(found.bestOf, file.metadata['epoch']));
    return { ...file, path: found.path, bestOf: found.bestOf, preparation, temperature };
  }
  throw new RunError(
    `${file.source} comes from a run that was stopped before its first step: its head is untrained and would only guess.`,
    { kind: 'untrained', run: found.run ?? path },
  );
}

type FoundModel = FoundWeights &
  Pick<ModelFile, 'path' | 'bestOf'> & { readonly beside: Beside; readonly run?: string };

async function findModel(
  { files, store, sha256 }: Pick<RunHost, 'files' | 'store' | 'sha256'>,
  path: string,
): Promise<FoundModel> {
  if ((await files.kind(path)) === 'file')
    return { ...(await readBytes(files, path)), path, beside: besideFile({ files, sha256 }, path) };
  const run = await store.look(path);
  if (!run)
    throw new RunError(`There is no run or model file ${printable(path)}.`, {
      kind: 'no-model',
      path,
      isRun: false,
    });
  for (const name of ['best', 'last'] as const) {
    if (typeof (await run.size(runFiles[name])) !== 'number') continue;
    const file = fileOf(run, name);
    const bytes = await run.read(runFiles[name]);
    const bestOf = name === 'best' ? run : undefined;
    const beside = besideInRun(run, sha256);
    return { bytes, source: printable(file), path: file, run: run.run, bestOf, beside };
  }
  throw new RunError(
    `${printable(path)} holds no model: it has neither ${runFiles.best} nor ${runFiles.last}.`,
    { kind: 'no-model', path, isRun: true },
  );
}
