// The network that training starts from, by name or by file: one that graft knows is taken from a cache or downloaded.
import { packageFile } from '../../platform/node/package.ts';
import { findInCatalogue, WeightsError, type SafetensorsFile } from '../../weights/index.ts';
import { FileError } from '../command.ts';
import { colours as pc } from '../terminal/colours.ts';
import { readWeightsFile } from './weights-file.ts';
import { findWeights } from './weights-source.ts';

/** Weights that come with graft: a network that it trained itself on small drawings. */
const SHIPPED = packageFile('weights/resnet18-emoji.safetensors');

export interface Pretrained extends SafetensorsFile {
  /** What to give as --weights to get the same again. */
  readonly name: string;
  /** The file's name in messages. */
  readonly source: string;
}

/**
 * Reads the weights that `name`, of the catalogue or a file's path, means; those of the catalogue are downloaded where
 * they are in no cache. `mayDoWithout` gives a download a few seconds only, and then takes the weights that come with
 * graft. Throws `FileError` or `WeightsError` where there are none, and the signal's reason where that is aborted.
 */
export async function loadPretrained(
  name: string,
  mayDoWithout: boolean,
  signal: AbortSignal,
): Promise<Pretrained> {
  try {
    const path = await findWeights(name, { download: mayDoWithout ? 'quick' : 'yes', signal });
    return { ...(await readWeightsFile(path)), name };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof WeightsError) || !findInCatalogue(name)) throw error;
    if (!mayDoWithout)
      throw new FileError(`There are no weights to start from. ${error.message}`, withoutNetwork(name));
    console.log(
      pc.dim(`${name} is not here and cannot be fetched quickly: starting from graft's own weights`),
    );
    return { ...(await readWeightsFile(SHIPPED)), name: SHIPPED };
  }
}

const withoutNetwork = (name: string) =>
  `With --weights FILE a file of your own does as well. Without any,
  --weights ${SHIPPED}
starts from a small network that comes with graft; it has seen less than ${name}.`;
