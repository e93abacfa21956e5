/**
 * Networks from weights files: for training all but the head is loaded and a fresh head is grafted on, for prediction
 * the file is taken as it is.
 */
import type { Gpu } from '../gpu/index.ts';
import type { ResNet } from '../nn/index.ts';
import { createRandom } from '../random.ts';
import { matchStateDict, type SafetensorsFile, type StateDict } from '../weights/index.ts';
import { architectures, detectArchitecture, type Architecture } from './architectures.ts';
import { decodeCard, type ModelCard } from './files/checkpoint.ts';
import { modelTensors } from './files/state.ts';
import { outputsOf } from './loop/losses.ts';

export interface GraftOptions {
  /** The file's name in messages. */
  readonly source: string;
  /** Outputs of the fresh head. */
  readonly outputs: number;
  readonly seed: number;
}

/** Keeps the head's random stream apart from those of the split, the shuffle and the augmentation. */
const HEAD_STREAM = 0x4ead;

/**
 * A network with the file's weights and a fresh head of `outputs` logits. Throws `WeightsError` where the file's names
 * or shapes are not those of a ResNet-18 or ResNet-34; they are checked before anything is put on the GPU.
 */
export function graftModel(
  gpu: Gpu,
  { tensors }: Pick<SafetensorsFile, 'tensors'>,
  { source, outputs, seed }: GraftOptions,
): { model: ResNet; architecture: Architecture } {
  const architecture = detectArchitecture(tensors, source);
  const model = loadMatched(gpu, architecture, outputs, tensors, { source, freshHead: 'fc' });
  model.fc.initialise(createRandom(seed, HEAD_STREAM));
  return { model, architecture };
}

/**
 * The network that a file holds, with its own head, ready to predict; and its card if graft wrote the file. A run's
 * checkpoint is such a file too: the optimizer's tensors in it are left aside. Throws `WeightsError` where the file is
 * no ResNet-18 or ResNet-34 or its card does not fit its head.
 */
export function restoreModel(
  gpu: Gpu,
  { tensors: all, metadata }: SafetensorsFile,
  source: string,
): { model: ResNet; card: ModelCard | undefined } {
  const card = decodeCard(metadata, source);
  const tensors = modelTensors(all);
  const architecture = card?.architecture ?? detectArchitecture(tensors, source);
  const outputs = card ? outputsFor(card) : (tensors.get('fc.bias')?.shape[0] ?? 1000);
  const model = loadMatched(gpu, architecture, outputs, tensors, { source });
  return { model: model.eval(), card };
}

/** How many logits a model with these classes and this loss has. */
export function outputsFor({ classes, loss }: Pick<ModelCard, 'classes' | 'loss'>): number {
  return outputsOf(loss, classes.length);
}

function loadMatched(
  gpu: Gpu,
  architecture: Architecture,
  outputs: number,
  tensors: StateDict,
  options: { readonly source: string; readonly freshHead?: string },
): ResNet {
  const model = architectures[architecture](gpu, outputs);
  try {
    model.loadStateDict(matchStateDict(model.stateShapes(), tensors, options).tensors);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}
