/**
 * Networks from weights files: for training everything but the head is loaded and the head is made fresh, for prediction the file
 * is taken as it is.
 */
import type { Gpu } from '../../gpu/index.ts';
import { networks, outputsIn, type NetworkName } from '../../networks/index.ts';
import type { Network } from '../../nn/index.ts';
import { createRandom } from '../../random.ts';
import { matchStateDict, type SafetensorsFile, type StateDict } from '../../weights/index.ts';
import { outputsOf } from '../loop/loss-kinds.ts';
import { decodeCard, type ModelCard } from './checkpoint.ts';
import { modelTensors } from './state.ts';

/** The head that a network is given in place of its own. */
export interface FreshHeadOptions {
  /** The file's name in messages. */
  readonly source: string;
  /** Outputs of the fresh head. */
  readonly outputs: number;
  readonly seed: number;
}

/** Keeps the head's random stream apart from those of the split, the shuffle and the augmentation. */
const HEAD_STREAM = 0x4ead;

/** A network in a file: its weights under its own names. */
export interface NetworkFile {
  readonly architecture: NetworkName;
  readonly tensors: StateDict;
  /** What the file says of itself, if graft wrote it. */
  readonly card: ModelCard | undefined;
  /** What was taken of the file and what was read under another name, in clauses for people; empty if it is as graft has it. */
  readonly notes: readonly string[];
}

/**
 * Tells which network a file holds. A run's checkpoint is such a file too: the optimizer's tensors in it are left out. Rejects with
 * `WeightsError` if the file is not a network that graft has.
 */
export async function readNetworkFile(file: SafetensorsFile, source: string): Promise<NetworkFile> {
  const card = decodeCard(file.metadata, source);
  if (!card) return { ...(await detectIn(file, source)), card };
  await networks[card.architecture].ready();
  const notes = file.notes ?? [];
  return { architecture: card.architecture, tensors: modelTensors(file.tensors), card, notes };
}

/** Loaded late: a page whose model graft has written does without. */
async function detectIn(file: Pick<SafetensorsFile, 'tensors' | 'notes'>, source: string) {
  const { detectIn } = await import('./detect-in.ts');
  return detectIn(file, source);
}

/** What a loader of networks makes of a file. */
interface LoadedNetwork extends Pick<NetworkFile, 'architecture' | 'notes'> {
  readonly model: Network;
}

/**
 * A network with the file's weights and a fresh head of `outputs` logits. Rejects with `WeightsError` if the file's names or
 * shapes are not those of a network that graft has; they are checked before anything is put on the GPU.
 *
 * ```ts
 * const pretrained = resnet18(gpu, 10);
 * pretrained.initialise(createRandom(1));
 * const bytes = writeSafetensors(await pretrained.stateDict(), { dtype: 'f32' });
 * const file = readWeights(bytes, 'pretrained.safetensors');
 * const { model } = await loadWithFreshHead(gpu, file, { source: 'pretrained.safetensors', outputs: 2, seed: 1 });
 * model.classes; // → 2
 * ```
 */
export async function loadWithFreshHead(
  gpu: Gpu,
  file: Pick<SafetensorsFile, 'tensors' | 'notes'>,
  { source, outputs, seed }: FreshHeadOptions,
): Promise<LoadedNetwork> {
  const { architecture, tensors, notes } = await detectIn(file, source);
  const freshHead = networks[architecture].head;
  const model = await loadMatched(gpu, architecture, outputs, tensors, { source, freshHead });
  model.head.initialise(createRandom(seed, HEAD_STREAM));
  return { model, architecture, notes };
}

/**
 * The network that a file holds, with its own head, ready to predict; and its card if graft wrote the file. A run's
 * checkpoint is such a file too: the optimizer's tensors in it are ignored. Rejects with `WeightsError` if the file is
 * not a network that graft has or its card does not fit its head.
 *
 * ```ts
 * const pretrained = resnet18(gpu, 10);
 * pretrained.initialise(createRandom(1));
 * const bytes = writeSafetensors(await pretrained.stateDict(), { dtype: 'f32' });
 * const { model, architecture } = await loadNetwork(gpu, readWeights(bytes, 'model.safetensors'), 'model.safetensors');
 * architecture; // → 'resnet18'
 * model.classes; // → 10
 * ```
 */
export async function loadNetwork(
  gpu: Gpu,
  file: SafetensorsFile,
  source: string,
): Promise<LoadedNetwork & Pick<NetworkFile, 'card'>> {
  const { architecture, tensors, card, notes } = await readNetworkFile(file, source);
  const outputs = card ? outputsFor(card) : outputsIn(tensors, networks[architecture]);
  const model = await loadMatched(gpu, architecture, outputs, tensors, { source });
  return { model: model.eval(), architecture, card, notes };
}

/** How many logits a model with these classes and this loss has. */
export function outputsFor({ classes, loss }: Pick<ModelCard, 'classes' | 'loss'>): number {
  return outputsOf(loss, classes.length);
}

async function loadMatched(
  gpu: Gpu,
  architecture: NetworkName,
  outputs: number,
  tensors: StateDict,
  options: { readonly source: string; readonly freshHead?: string },
): Promise<Network> {
  const network = networks[architecture];
  const fitting = matchStateDict(network.stateShapes(outputs), tensors, options).tensors;
  const model = network.create(gpu, outputs);
  model.loadStateDict(fitting);
  return model;
}
