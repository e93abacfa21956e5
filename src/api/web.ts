/**
 * graft in a browser: its adapter, photos as files that a visitor gave, and training in the page or in a worker of it.
 *
 * @module graft/web
 */
import type { Gpu } from '../gpu/index.ts';
import { openAdapter } from '../platform/web/adapter.ts';
import { createGpu } from '../platform/web/gpu.ts';
import { createClassifier } from '../run/model/classifier.ts';
import { parseWeights } from '../run/model/weights-file.ts';
import { Model } from './model.ts';
import { readFile, readPhoto, type FileSource, type Photo } from './web-files.ts';

export { WebGpuError, type WebGpuProblem } from '../platform/web/adapter.ts';
export { Model, type PhotoAnswer, type PredictOptions } from './model.ts';
export type { FileSource, Photo } from './web-files.ts';
export { train, type TrainOptions, type TrainedRun } from './web-train.ts';

/**
 * The engine on the browser's best adapter, in a page or in a worker. Rejects with `WebGpuError`, whose `problem` says what a visitor
 * can do.
 *
 * ```ts
 * const gpu = await openGpu();
 * await gpu.read(gpu.upload(Float32Array.of(1, 2, 3))); // → [1, 2, 3]
 * ```
 */
export async function openGpu(): Promise<Gpu> {
  return createGpu(await openAdapter());
}

/** Where a model computes, and in which numbers. */
export interface LoadModelOptions {
  /** The device; by default one is opened. */
  readonly gpu?: Gpu | undefined;
  /** Stores the network in 16-bit floats, where the adapter has them. */
  readonly half?: boolean | undefined;
}

/**
 * A model to ask about photos: a file that graft wrote, or plain ImageNet weights of a network that graft knows (.pth or safetensors).
 * Rejects with `WeightsError` where the file is none, with `RunError` where it cannot be fetched, with `WebGpuError` where there is no
 * device. In the example `photo` is what a visitor picked, a `File`.
 *
 * ```ts
 * const model = await loadModel('/best.safetensors');
 * const { ranked } = await model.predict(photo);
 * ranked[0]?.class; // → 'food'
 * ```
 */
export async function loadModel(
  source: FileSource,
  { gpu, half }: LoadModelOptions = {},
): Promise<Model<Photo>> {
  const [file, device] = await Promise.all([
    readFile(source).then((found) => parseWeights(found)),
    gpu ?? openGpu(),
  ]);
  const classifier = await createClassifier(device, file, { half });
  return new Model(classifier, readPhoto);
}
