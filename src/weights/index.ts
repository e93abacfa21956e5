/** Weights files in, named float32 tensors out: safetensors and PyTorch checkpoints, and how they fit a network. */
import { detectFormat } from './format.js';
import { readPth } from './pth.js';
import { readSafetensors, type SafetensorsFile } from './safetensors.js';

export { WeightsError } from './errors.js';
export { matchStateDict, type MatchOptions, type StateDictMatch } from './match.js';
export { readPth } from './pth.js';
export { readSafetensors, writeSafetensors, type SafetensorsFile, type WriteOptions } from './safetensors.js';
export type { HostTensor, StateDict } from './types.js';

/**
 * Reads a safetensors or PyTorch file, whichever `bytes` are; PyTorch's have no metadata. `source` is the file's name in messages.
 * Tensors may be views of `bytes`, which must not change while they are in use. Throws WeightsError for everything else.
 */
export function readWeights(bytes: Uint8Array, source: string): SafetensorsFile {
  return detectFormat(bytes, source) === 'safetensors'
    ? readSafetensors(bytes, source)
    : { tensors: readPth(bytes, source), metadata: {} };
}
