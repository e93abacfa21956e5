/** The network that training starts from, by name or by file: one that graft knows is taken from a cache or downloaded. */
import { findInCatalogue, WeightsError } from '../../weights/index.ts';
import { RunError } from '../errors.ts';
import type { RunControls } from '../events.ts';
import type { RunHost } from '../host.ts';
import { runFiles } from '../store/folder.ts';
import { readPreparation } from './preparation.ts';
import { besideFile, parseWeights, type NamedWeights } from './weights-file.ts';

export interface Pretrained extends NamedWeights {
  /** What to give as weights to get the same again. */
  readonly name: string;
  /** Whether it is the model of a run of graft, whose head may go on learning. */
  readonly isRuns?: boolean;
}

/**
 * Reads the weights that `name`, of the catalogue, of a run or a file's path, means; those of the catalogue are downloaded where
 * they are in no cache. `mayDoWithout` gives a download only a few seconds, and then takes the weights that come with
 * graft. Throws `RunError` or `WeightsError` if there are none, and the signal's reason if it is aborted.
 */
export async function loadPretrained(
  { weights, files, store, sha256 }: Pick<RunHost, 'weights' | 'files' | 'store' | 'sha256'>,
  name: string,
  mayDoWithout: boolean,
  { tell, signal }: RunControls,
): Promise<Pretrained> {
  const load = async (file: string): Promise<Pretrained> => {
    if (await isRun({ files, store }, file)) {
      const { readModelFile } = await import('./model-file.ts');
      return { ...(await readModelFile({ files, store, sha256 }, file)), name: file, isRuns: true };
    }
    const onProgress = (bytes: number, total: number) =>
      tell({ kind: 'downloading', what: name, bytes, total });
    const found = await weights.find(file, { isQuick: mayDoWithout, signal, onProgress });
    const parsed = await parseWeights(found, besideFile({ files, sha256 }, file));
    if (findInCatalogue(file) || file === weights.shipped) return { ...parsed, name: file };
    return { ...parsed, name: file, preparation: await readPreparation(files, file, parsed.metadata) };
  };
  try {
    return await load(name);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof WeightsError) || !findInCatalogue(name)) throw error;
    const { shipped } = weights;
    if (!mayDoWithout)
      throw new RunError(
        `There are no weights to start from. ${error.message}`,
        { kind: 'no-weights', name, shipped },
        { cause: error },
      );
    tell({ kind: 'shipped-weights', instead: name });
    return load(shipped);
  }
}

async function isRun({ files, store }: Pick<RunHost, 'files' | 'store'>, name: string): Promise<boolean> {
  if (findInCatalogue(name) || (await files.kind(name)) !== 'directory') return false;
  const run = await store.look(name);
  const sizes = await Promise.all([runFiles.best, runFiles.last].map((file) => run?.size(file)));
  return sizes.some((size) => typeof size === 'number');
}
