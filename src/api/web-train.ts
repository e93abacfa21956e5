/** Training in a page: on files that a visitor gave, with a run that is kept in memory. */
import { DataError, inlineSource } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { pickedFiles } from '../platform/web/files.ts';
import { keptGpu, sha256 } from '../platform/web/host.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunHost } from '../run/host.ts';
import { createClassifier } from '../run/model/classifier.ts';
import { parseWeights } from '../run/model/weights-file.ts';
import { MemoryStore } from '../run/store/memory.ts';
import { runFiles } from '../run/store/folder.ts';
import { train as trainRun, type TrainResult } from '../run/train.ts';
import type { TrainConfig } from '../train/index.ts';
import { VERSION } from '../version.ts';
import { Model } from './model.ts';
import { settingsOf } from './settings.ts';
import { decodeHere, readFile, readPhoto, type FileSource, type Photo } from './web-files.ts';

/** How a run is trained: its photos, what it begins with, and its settings; what is left open, graft chooses. */
export interface TrainOptions extends Partial<Omit<TrainConfig, 'data' | 'weights'>> {
  /**
   * Photos with a folder for each class: what `<input type="file" webkitdirectory>` gives, or files by their paths, as in
   * `[['cats/1.jpg', blob], …]`.
   */
  readonly data: Iterable<File> | Iterable<readonly [path: string, file: Blob]>;
  /** The network to begin with: a weights file (.pth or safetensors). The one that comes with graft is small, and has seen drawings. */
  readonly weights: FileSource;
  /** Ends the run after the current step. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what the run does, as it does it. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** The device; by default one is opened. */
  readonly gpu?: Gpu | undefined;
}

/** A run that has ended. */
export interface TrainedRun {
  /** How it went; `history` has an entry for each epoch. */
  readonly result: TrainResult;
  /** Its best model. */
  readonly model: Model<Photo>;
  /** The best model as a file for `loadModel`, here or in Node: safetensors. */
  readonly file: Blob;
}

/** The folder that a visitor's photos are put in, whatever it was called. */
const ROOT = 'photos';

/**
 * Trains on a visitor's photos, where they are: nothing is sent anywhere. Work goes on between frames; where a page has much else to do, call it in a
 * dedicated worker. Rejects with `RunError`, `DataError`, `WeightsError`, `TrainingError` or `WebGpuError` for what is wrong with the
 * settings, the photos, the weights or the browser, with the signal's reason where it was stopped before an epoch ended.
 *
 * ```ts
 * const { model, file } = await train({
 *   data: photos, // [['animal/cat.png', blob], …], or what a picker of folders gives
 *   weights: '/resnet18-emoji.safetensors',
 *   tune: 'head',
 *   size: 64,
 *   epochs: 3,
 * });
 * model.classes; // → ['animal', 'food']
 * file.size > 1e6; // → true
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainedRun> {
  const {
    data,
    weights,
    signal = new AbortController().signal,
    onEvent = () => undefined,
    gpu,
    ...settings
  } = options;
  const given = settingsOf(settings);
  const [found, opened] = await Promise.all([
    readFile(weights),
    gpu ? { gpu, name: 'the given device' } : keptGpu()(),
  ]);
  const store = new MemoryStore();
  const files = pickedFiles(pathsOf(data));
  const host: RunHost = {
    ...{ version: VERSION, files, store, sha256 },
    weights: { shipped: found.source, find: () => Promise.resolve(found) },
    openGpu: () => Promise.resolve(opened),
    drawings: () => Promise.reject(new DataError('There are no drawings here: give photos.')),
    decoders: ['browser', 'graft'],
    decoder: () => ({ ...inlineSource(files, decodeHere), close: () => Promise.resolve() }),
  };
  const request = { given: { ...given, data: ROOT, weights: found.source }, commands: () => [] };
  const result = await trainRun(host, request, { tell: onEvent, signal });
  const run = result.run === undefined ? undefined : await store.look(result.run);
  signal.throwIfAborted();
  if (!run) throw new Error('A run that was not stopped has left nothing.'); // never
  const bytes = await run.read(runFiles.best);
  const classifier = await createClassifier(opened.gpu, await parseWeights({ bytes, source: runFiles.best }));
  const model = new Model<Photo>(classifier, readPhoto);
  return { result, model, file: new Blob([bytes]) };
}

/** Files by their paths below ROOT: of a picked folder without that folder's own name, since its folders are the classes. */
function* pathsOf(data: TrainOptions['data']): Generator<readonly [string, Blob]> {
  for (const entry of data)
    if (entry instanceof File) {
      const path = entry.webkitRelativePath || entry.name;
      yield [`${ROOT}/${path.replace(/^[^/]*\/(?=.*\/)/, '')}`, entry];
    } else yield [`${ROOT}/${entry[0]}`, entry[1]];
}
