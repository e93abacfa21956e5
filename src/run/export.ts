/** A trained model for other programs, as safetensors that torchvision's networks load, or as ONNX. */
import { IMAGENET_MEAN, IMAGENET_STD, transformedSize } from '../data/index.ts';
import { decodeCard, encodeCard, type ModelCard } from '../train/files/checkpoint.ts';
import { detectArchitecture } from '../train/architectures.ts';
import {
  matchStateDict,
  resnetStateShapes,
  writeOnnx,
  writeSafetensors,
  type ResNetName,
  type StateDict,
} from '../weights/index.ts';
import type { NamedWeights } from './model/weights-file.ts';

export interface ExportOptions {
  readonly format: 'safetensors' | 'onnx';
  /** How weights are stored. */
  readonly dtype: 'f32' | 'f16';
  /** Of graft. */
  readonly version: string;
}

export interface Exported {
  readonly bytes: Uint8Array;
  readonly network: ResNetName;
}

/** The bytes of a model's file in another format. Throws `WeightsError` where the file is no network that graft knows. */
export function exportModel(
  { tensors, metadata, source }: NamedWeights,
  { format, dtype, version }: ExportOptions,
): Exported {
  const card = decodeCard(metadata, source);
  const network = card?.architecture ?? detectArchitecture(tensors, source);
  const model = modelTensors(tensors, network, source);
  const texts = describe(network, card);
  if (format === 'safetensors')
    return { network, bytes: writeSafetensors(model, { dtype, source, metadata: texts }) };
  const [outputs, size] = [outputsOf(model), imageSize(card)];
  return {
    network,
    bytes: writeOnnx(model, { network, outputs, size, dtype, metadata: texts, version, source }),
  };
}

/**
 * The tensors that torchvision's network has, in its order: what training keeps beside them is left
 * out, and batch norm's counts, which old files lack, are 0. Throws `WeightsError` where others are
 * missing, too many or of another shape.
 */
function modelTensors(tensors: StateDict, network: ResNetName, source: string): StateDict {
  const own = new Map([...tensors].filter(([name]) => !name.startsWith('optimizer.')));
  const expected = resnetStateShapes(network, outputsOf(own));
  const fitting = matchStateDict(expected, own, { source }).tensors;
  const noCount = { shape: [], data: Float32Array.of(0) };
  return new Map(Array.from(expected.keys(), (name) => [name, fitting.get(name) ?? noCount]));
}

/** ImageNet's thousand where there is no head; its absence is then told among the mismatches. */
const outputsOf = (tensors: StateDict) => tensors.get('fc.bias')?.data.length ?? 1000;

/** Height and width of the model's images; 224 is what torchvision's networks were trained with. */
function imageSize(card: ModelCard | undefined): [height: number, width: number] {
  if (!card) return [224, 224];
  const { width, height } = transformedSize(card.transform);
  return [height, width];
}

/** What the file says of the model: its card, where graft wrote it, and how its input is normalised. */
function describe(network: ResNetName, card: ModelCard | undefined): Record<string, string> {
  return {
    format: 'pt', // what transformers and timm look for
    arch: network,
    ...(card && encodeCard(card)),
    mean: JSON.stringify(IMAGENET_MEAN),
    std: JSON.stringify(IMAGENET_STD),
  };
}
