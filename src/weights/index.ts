/** Weights files in, named float32 tensors out: safetensors and PyTorch checkpoints, and how they fit a network. */
import { detectFormat } from './format.ts';
import { readPthWithNotes } from './pth.ts';
import { readSafetensors, type SafetensorsFile } from './safetensors.ts';
import { withoutWrappers } from './wrappers.ts';

export { architectureOf, catalogue, fileNameOf, findInCatalogue, type CatalogueEntry } from './catalogue.ts';
export { WeightsError } from './errors.ts';
export { describeWeights, type WeightsInfo } from './info.ts';
export { matchStateDict, type MatchOptions, type StateDictMatch } from './match.ts';
export { writeOnnx, type OnnxGraph, type OnnxNetwork, type OnnxOptions } from './onnx/graph.ts';
export { readPth } from './pth.ts';
export { readSafetensors, writeSafetensors, type SafetensorsFile, type WriteOptions } from './safetensors.ts';
export { isBatchCount, type HostTensor, type StateDict } from './types.ts';

/**
 * Reads a safetensors or PyTorch file, whichever `bytes` are; PyTorch's have no metadata. Names are those inside of PyTorch's
 * wrappers. `source` is the file's name in messages. Tensors may be views of `bytes`, which must not change while they are in
 * use. Throws WeightsError for everything else.
 *
 * ```ts
 * const file = writeSafetensors(new Map([['scale', { shape: [2], data: Float32Array.of(1, 2) }]]), { dtype: 'f32' });
 * [...readWeights(file, 'scale.safetensors').tensors.keys()]; // → ['scale']
 * ```
 */
export function readWeights(bytes: Uint8Array, source: string): SafetensorsFile {
  if (detectFormat(bytes, source) === 'pth') return { ...readPthWithNotes(bytes, source), metadata: {} };
  const { tensors, metadata } = readSafetensors(bytes, source);
  const { named, notes } = withoutWrappers(tensors);
  return { tensors: new Map(named), metadata, notes };
}
