/** A trained model for other programs, as safetensors that torchvision's networks load, or as ONNX. */
import { IMAGENET_MEAN, IMAGENET_STD } from '../data/index.ts';
import { networks, outputsIn, type NetworkEntry, type NetworkName } from '../networks/index.ts';
import { encodeCard, type ModelCard } from '../train/files/checkpoint.ts';
import { readNetworkFile } from '../train/files/load-network.ts';
import { matchStateDict, writeOnnx, writeSafetensors, type StateDict } from '../weights/index.ts';
import { classNames, transformOf } from './model/classifier.ts';
import type { NamedWeights } from './model/weights-file.ts';
import type { Described } from './use-it/program.ts';

export interface ExportOptions {
  readonly format: 'safetensors' | 'onnx';
  /** How weights are stored. */
  readonly dtype: 'f32' | 'f16';
  /** graft's version. */
  readonly version: string;
}

export interface Exported {
  readonly bytes: Uint8Array;
  readonly network: NetworkName;
  /** What programs that use the file have to know. */
  readonly model: Described;
  /** What was taken of the file and what was read under another name; see readNetworkFile. */
  readonly notes: readonly string[];
}

/**
 * The bytes of a model's file in another format. What becomes of it elsewhere is what graft makes of it, so photos are read whole, as other
 * programs read them, also where training shrank large ones while they loaded. Rejects with `WeightsError` if the file is not a network that graft
 * knows.
 */
export async function exportModel(
  { source, temperature = 1, ...file }: NamedWeights,
  { format, dtype, version }: ExportOptions,
): Promise<Exported> {
  const { architecture: name, tensors, card: given, notes: read } = await readNetworkFile(file, source);
  const { transform: shown, notes: foreign } = transformOf(file, given);
  const { shrinkFrom, ...transform } = shown;
  const card = given && { ...given, transform };
  const network = networks[name];
  await network.ready();
  const model = tempered(modelTensors(tensors, network, source), network, temperature);
  const notes = [
    ...read,
    ...foreign,
    ...(temperature === 1
      ? []
      : [
          `its head is divided by its temperature, ${temperature.toFixed(2)}, so that it is as sure elsewhere as here`,
        ]),
    ...(shrinkFrom === undefined
      ? []
      : [
          'photos are read whole, as elsewhere, where the run shrinks large JPEGs while they load: unsure answers about those may differ by some percent',
        ]),
  ];
  const texts = describe(name, card);
  const outputs = outputsIn(model, network);
  const bytes =
    format === 'onnx'
      ? writeOnnx(model, { network, outputs, dtype, metadata: texts, version, source })
      : writeSafetensors(model, { dtype, source, metadata: texts });
  const classes = card?.classes ?? (await classNames(outputs));
  const loss = card?.loss ?? 'cross-entropy';
  return { network: name, bytes, model: { architecture: name, classes, transform, loss }, notes };
}

/**
 * The tensors that torchvision's network has, in its order; batch norm's counts, which old files lack, are 0. Throws `WeightsError` if others are
 * missing, too many or of another shape.
 */
function modelTensors(tensors: StateDict, network: NetworkEntry, source: string): StateDict {
  const expected = network.stateShapes(outputsIn(tensors, network));
  const fitting = matchStateDict(expected, tensors, { source }).tensors;
  const noCount = { shape: [], data: Float32Array.of(0) };
  return new Map(Array.from(expected.keys(), (name) => [name, fitting.get(name) ?? noCount]));
}

/** The tensors with the temperature in the head's weight and bias, so that whoever takes them gets the same probabilities. */
function tempered(tensors: StateDict, { head }: NetworkEntry, temperature: number): StateDict {
  if (temperature === 1) return tensors;
  return new Map(
    Array.from(tensors, ([name, tensor]) => [
      name,
      name.startsWith(`${head}.`)
        ? { ...tensor, data: tensor.data.map((value) => value / temperature) }
        : tensor,
    ]),
  );
}

/** What the file says of the model: its card, where graft wrote it, and how its input is normalised. */
function describe(network: NetworkName, card: ModelCard | undefined): Record<string, string> {
  return {
    format: 'pt', // what transformers and timm look for
    arch: network,
    ...(card && encodeCard(card)),
    mean: JSON.stringify(IMAGENET_MEAN),
    std: JSON.stringify(IMAGENET_STD),
  };
}
