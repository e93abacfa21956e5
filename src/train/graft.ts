/**
 * Networks from weights files. The architecture is told by the names in the file; for training all but the head is
 * loaded and a fresh head is grafted on, for prediction the file is taken as it is.
 */
import type { Gpu } from '../gpu/index.ts';
import { resnet18, resnet34, type ResNet } from '../nn/index.ts';
import { createRandom } from '../random.ts';
import { matchStateDict, WeightsError, type SafetensorsFile, type StateDict } from '../weights/index.ts';
import { decodeCard, type ModelCard } from './checkpoint.ts';

const architectures = { resnet18, resnet34 };
export type Architecture = keyof typeof architectures;

export const isArchitecture = (name: string | undefined): name is Architecture =>
  name !== undefined && Object.hasOwn(architectures, name);

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
 * The network that a file holds, with its own head, ready to predict; and its card if graft wrote the file. Throws
 * `WeightsError` where the file is no ResNet-18 or ResNet-34 or its card does not fit its head.
 */
export function restoreModel(
  gpu: Gpu,
  { tensors, metadata }: SafetensorsFile,
  source: string,
): { model: ResNet; card: ModelCard | undefined } {
  const card = decodeCard(metadata, source);
  const architecture = card?.architecture ?? detectArchitecture(tensors, source);
  const outputs = card ? outputsFor(card) : (tensors.get('fc.bias')?.shape[0] ?? 1000);
  const model = loadMatched(gpu, architecture, outputs, tensors, { source });
  return { model: model.eval(), card };
}

/** How many logits a model with these classes and this loss has. */
export function outputsFor({ classes, loss }: Pick<ModelCard, 'classes' | 'loss'>): number {
  return loss === 'bce' ? 1 : classes.length;
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

/** Told by the number of blocks in the third stage: 2 or 6. Throws `WeightsError` where there is none. */
function detectArchitecture(tensors: StateDict, source: string): Architecture {
  const names = [...tensors.keys()];
  const fail = (problem: string, remedy: string) => new WeightsError(source, problem, remedy);
  const give = "Give ResNet-18 or ResNet-34 weights with torchvision's names";
  if (names.some((name) => name.startsWith('module.layer'))) {
    throw fail(
      'its names begin with "module.", as DataParallel saves them',
      'Save model.module.state_dict() instead',
    );
  }
  if (names.some((name) => /^layer\d\.\d+\.conv3\./.test(name)))
    throw fail('it is a ResNet of bottleneck blocks (ResNet-50 or larger)', give);
  const blocks = new Set(names.flatMap((name) => /^layer3\.(\d+)\./.exec(name)?.[1] ?? []));
  if (blocks.size === 0) {
    const shown = names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 60)));
    throw fail(`it is no ResNet: its tensors are ${shown.join(', ') || 'none'}, …`, give);
  }
  return blocks.size > 2 ? 'resnet34' : 'resnet18';
}
