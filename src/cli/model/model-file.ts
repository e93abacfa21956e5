// A trained model by the name that people give it: its file, or the folder of the run that made it.
import { dirname } from 'node:path';
import { isBeforeTraining } from '../../train/index.ts';
import type { SafetensorsFile } from '../../weights/index.ts';
import { FileError } from '../command.ts';
import { modelFileOf } from '../run/reading.ts';
import { printable } from '../../format.ts';
import { shellWord } from '../terminal/format.ts';
import { typed } from '../terminal/invocation.ts';
import { readWeightsFile } from './weights-file.ts';

/**
 * Reads the model at `path`, a file or a run's folder. Throws `FileError` or `WeightsError` where there is none, and where it
 * is what a run left that was stopped before it trained anything: its head would only guess.
 */
export async function readModelFile(path: string): Promise<SafetensorsFile & { readonly source: string }> {
  const name = await modelFileOf(path);
  const file = await readWeightsFile(name);
  if (!isBeforeTraining(file)) return file;
  throw new FileError(
    `${file.source} is of a run that was stopped before its first step: its head is untrained and would only guess.`,
    `${typed('train')} --resume ${printable(shellWord(dirname(name)))} goes on with it.`,
  );
}
