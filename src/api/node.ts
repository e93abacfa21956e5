/**
 * graft in Node: this machine's adapter through Dawn, photos in folders, and runs as the command line makes them.
 *
 * @module graft/node
 */
import { nodeFiles } from '../platform/node/files.ts';
import { nodeHost, openGpu as openHere } from '../platform/node/host.ts';
import { decoderOf, decodersHere } from '../platform/node/photos/decoders.ts';
import { decodeFile } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { evaluateModel, type EvaluateRequest, type Evaluation } from '../run/evaluate.ts';
import type { RunEvent } from '../run/events.ts';
import type { OpenedGpu } from '../run/host.ts';
import { openModel } from '../run/predict.ts';
import { nameAfter } from '../run/store/run-name.ts';
import { train as trainRun, type TrainResult } from '../run/train.ts';
import type { RunExtras } from '../run/training.ts';
import { familiarityOf, type TrainConfig } from '../train/index.ts';
import { Model, type ReadPhoto } from './model.ts';
import { settingsOf } from './settings.ts';

export { Model, type PhotoAnswer, type PredictOptions } from './model.ts';
export { AdapterError, openAdapter, exitCleanly, type AdapterChoice } from '../platform/node/index.ts';
export { defineConfig, type GraftConfig } from '../run/config-file.ts';
export type { Evaluation, RunEvent, TrainConfig, TrainResult };

/** Which adapter is opened. */
export interface OpenGpuOptions {
  /** `gpu`, `lavapipe`, `swiftshader` or a part of an adapter's name; `GRAFT_ADAPTER` by default, or the best. */
  readonly adapter?: string | undefined;
}

const complain = (reason: string): void => process.emitWarning(reason, 'graft');

/**
 * The engine on the best adapter of this machine: a GPU, or a CPU where there is none. End a program with `exitCleanly`: Dawn keeps
 * a process alive. Rejects with `AdapterError` where there is no adapter.
 *
 * ```ts
 * const gpu = await openGpu();
 * await gpu.read(gpu.upload(Float32Array.of(1, 2, 3))); // → [1, 2, 3]
 * gpu.destroy();
 * ```
 */
export async function openGpu({ adapter }: OpenGpuOptions = {}): Promise<Gpu> {
  const opened = await openHere({
    onBadAutotuned: complain,
    ...(adapter !== undefined && { want: adapter }),
  });
  return opened.gpu;
}

/** What runs share in this process: one device, opened when it is first needed. */
let shared: Promise<OpenedGpu> | undefined;
function sharedGpu(): Promise<OpenedGpu> {
  if (shared) return shared;
  const opening = openHere({ onBadAutotuned: complain });
  const forget = () => (shared = undefined);
  opening.then(({ gpu }) => gpu.lost).then(forget, forget);
  return (shared = opening);
}

/** The host of runs, on `gpu` or on the device that they share. */
const hostOn = (gpu: Gpu | undefined) =>
  nodeHost({
    onBadAutotuned: complain,
    openGpu: gpu ? () => Promise.resolve({ gpu, name: 'the given device' }) : sharedGpu,
  });

/** A photo: its path, or the bytes of its file. */
export type Photo = string | Uint8Array;

/** Where a model computes, and in which numbers. */
export interface LoadModelOptions {
  /** The device; by default one that is opened once and shared. */
  readonly gpu?: Gpu | undefined;
  /** Stores the network in 16-bit floats, where the adapter has them. */
  readonly half?: boolean | undefined;
}

/**
 * A model to ask about photos: a run's folder (`runs/photos`), a file that graft wrote, or plain ImageNet weights of a network that
 * graft knows (.pth or safetensors). Rejects with `RunError` or `WeightsError` where there is none.
 *
 * ```ts
 * const model = await loadModel('runs/photos');
 * const { ranked } = await model.predict('pizza.png');
 * ranked[0]?.class; // → 'food'
 * ranked[0]!.probability > 0.5; // → true
 * ```
 */
export async function loadModel(model: string, { gpu, half }: LoadModelOptions = {}): Promise<Model<Photo>> {
  const { classifier, known } = await openModel(hostOn(gpu), model, { half });
  return new Model(classifier, readPhoto, (features) => known && familiarityOf(known, features));
}

const readPhoto: ReadPhoto<Photo> = (photo, transform) => {
  const decode = decoderOf(decodersHere()[0]);
  if (typeof photo === 'string') return decodeFile(nodeFiles, photo, transform, decode);
  return decodeFile({ read: () => Promise.resolve(photo) }, 'photo', transform, decode);
};

/** How a run is trained: its settings (what is left open, graft chooses), and where it goes. */
export interface TrainOptions extends Partial<TrainConfig>, Pick<RunExtras, 'keepFeatures' | 'tensorboard'> {
  /** The run's folder is `runs/NAME`; by default it is named after the photos. */
  readonly name?: string | undefined;
  /** A run to go on with. */
  readonly resume?: string | undefined;
  /** Ends the run after the current step; it can be resumed. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what the run does, as it does it. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** The device; by default one that is opened once and shared. */
  readonly gpu?: Gpu | undefined;
}

/**
 * Trains on a folder of photos with a folder for each class, as `graft train` does, and keeps the run in `runs/`. Rejects with `RunError`,
 * `DataError`, `WeightsError` or `TrainingError` for what is wrong with the settings, the photos or the weights.
 *
 * ```ts
 * const result = await train({ data: 'photos', weights: 'resnet18-emoji.safetensors', tune: 'head', size: 64, epochs: 5 });
 * result.kind; // → 'trained'
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { name, resume, keepFeatures, tensorboard, gpu, ...rest } = options;
  const { signal = new AbortController().signal, onEvent = () => undefined, ...given } = rest;
  return trainRun(
    hostOn(gpu),
    {
      given: settingsOf(given),
      ...{ name, resume, keepFeatures, tensorboard, base: nameAfter(options.data ?? null) },
      commands: (run) => [{ purpose: 'Use it', command: `await loadModel(${JSON.stringify(run)})` }],
    },
    { tell: onEvent, signal },
  );
}

/** Which model, on which photos, and how it is watched. */
export interface EvaluateOptions extends EvaluateRequest {
  /** Ends it after the current batch. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what is done, as it is done. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** The device; by default one that is opened once and shared. */
  readonly gpu?: Gpu | undefined;
}

/**
 * How good a model is on a folder of photos with a folder for each class. Rejects as `loadModel` and `train` do.
 *
 * ```ts
 * const { files, mistakes } = await evaluate({ model: 'runs/photos', data: 'photos' });
 * files.length; // → 32
 * mistakes.length < files.length / 2; // → true
 * ```
 */
export async function evaluate({ gpu, signal, onEvent, ...request }: EvaluateOptions): Promise<Evaluation> {
  const controls = {
    signal: signal ?? new AbortController().signal,
    tell: onEvent ?? (() => undefined),
  };
  return evaluateModel(hostOn(gpu), request, controls);
}
