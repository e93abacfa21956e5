// A trained model by the name that people give it: its file, or the folder of the run that made it.
import { join } from 'node:path';
import { nodeFiles } from '../platform/files.ts';
import type { SafetensorsFile } from '../weights/index.ts';
import { FileError } from './command.ts';
import { printable } from './format.ts';
import { readWeightsFile } from './weights-file.ts';

/** What a run leaves, the better one first. */
const MODELS_OF_A_RUN = ['best.safetensors', 'last.safetensors'];

/** The file that `path` means. Throws `FileError` for a folder that holds no model. */
export async function modelPath(path: string): Promise<string> {
  if ((await nodeFiles.kind(path)) !== 'directory') return path;
  for (const name of MODELS_OF_A_RUN) {
    const file = join(path, name);
    if ((await nodeFiles.kind(file)) === 'file') return file;
  }
  throw new FileError(
    `The folder ${printable(path)} holds no model: neither ${MODELS_OF_A_RUN.join(' nor ')} is there.`,
    'Give the folder of a run that graft train made, or a .safetensors or .pth file.',
  );
}

/** Reads the model at `path`, a file or a run's folder. Throws `FileError` or `WeightsError` where there is none. */
export async function readModelFile(path: string): Promise<SafetensorsFile & { readonly source: string }> {
  return readWeightsFile(await modelPath(path));
}
