/**
 * Whether a run that comes from elsewhere is one: all that is read of it later is read once, so that what is damaged shows before it is
 * taken in, with the name of the file.
 */
import { parseHistoryCsv } from '../report/index.ts';
import { decodeCard, decodeTrainingState } from '../train/index.ts';
import { WeightsError } from '../weights/index.ts';
import { RunError } from './errors.ts';
import type { RunHost } from './host.ts';
import { besideInRun, parseWeights, type NamedWeights } from './model/weights-file.ts';
import { readConfig } from './settings.ts';
import { runFiles, type RunFile } from './store/folder.ts';
import { fileOf, readBest, readRun } from './store/reading.ts';
import type { RunReader } from './store/store.ts';

/**
 * Reads a run's settings, history, model and training state. Throws `RunError` or `WeightsError` where one is damaged, where there is
 * neither a model nor a training state, or where they belong to no run.
 */
export async function checkRun(reader: RunReader, sha256: RunHost['sha256']): Promise<void> {
  const has = async (name: RunFile) => typeof (await reader.size(runFiles[name])) === 'number';
  const [hasBest, hasLast] = [await has('best'), await has('last')];
  if (!hasBest && !hasLast)
    throw new RunError(
      `${reader.run} holds no model: it has neither ${runFiles.best} nor ${runFiles.last}.`,
      {
        ...{ kind: 'no-model', path: reader.run, isRun: true },
      },
    );
  if (await has('csv'))
    parseHistoryCsv(new TextDecoder().decode(await reader.read(runFiles.csv)), fileOf(reader, 'csv'));
  if (hasBest) checkCard(await parseWeights(await readBest(reader)));
  if (!hasLast) return; // a model to use, and nothing to go on with
  const record = await readRun(reader);
  readConfig(record.config, reader.run, fileOf(reader, 'config'));
  const last = await parseWeights(record.last, besideInRun(reader, sha256));
  checkCard(last);
  decodeTrainingState(last, last.source);
}

function checkCard({ metadata, source }: NamedWeights): void {
  if (decodeCard(metadata, source)) return;
  throw new WeightsError(source, 'it names no classes', 'Take the run as graft wrote it');
}
