// A trained model by the name that people give it: its file, or the folder of the run that made it.
import type { SafetensorsFile } from '../../weights/index.ts';
import { modelFileOf } from '../run/reading.ts';
import { readWeightsFile } from './weights-file.ts';

/** Reads the model at `path`, a file or a run's folder. Throws `FileError` or `WeightsError` where there is none. */
export async function readModelFile(path: string): Promise<SafetensorsFile & { readonly source: string }> {
  return readWeightsFile(await modelFileOf(path));
}
