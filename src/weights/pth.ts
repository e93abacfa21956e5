/**
 * PyTorch checkpoints: the zip archives that torch.save has written since 1.6 and the sequence of pickles
 * from before, which torchvision's older weights still are. Both hold one pickle that describes the tensors
 * and the storages with their numbers.
 */
import { isZip } from './archives.ts';
import { elementCount, numberFormats, readAsFloat32 } from './dtypes.ts';
import { WeightsError, quote, showShape } from './errors.ts';
import { openLegacyCheckpoint } from './pth-legacy.ts';
import { openZipCheckpoint } from './pth-zip.ts';
import { findStateDict } from './state-dict.ts';
import type { StateDict } from './types.ts';
import type { PickledTensor } from './values.ts';
import { withoutWrappers } from './wrappers.ts';

/**
 * Reads a state dict that torch.save wrote, or a training program's checkpoint around one (see findStateDict), under the names inside
 * all wrappers (see withoutWrappers). Numbers become float32, exactly but for batch norm's counts; see readAsFloat32.
 *
 * Nothing in the file is ever run. Throws WeightsError if it is damaged, contradicts itself
 * or holds no network's tensors.
 *
 * ```ts
 * const isRefused = (bytes: Uint8Array) => {
 *   try {
 *     return !readPth(bytes, 'model.pth');
 *   } catch (error) {
 *     return error instanceof WeightsError;
 *   }
 * };
 * isRefused(new TextEncoder().encode('not a checkpoint')); // → true
 * ```
 */
export const readPth = (bytes: Uint8Array, source: string): StateDict =>
  readPthWithNotes(bytes, source).tensors;

/** As `readPth`, with what was taken of the file and what left out, in clauses for people. */
export function readPthWithNotes(bytes: Uint8Array, source: string) {
  const { checkpoint, described, notes } = openPth(bytes, source);
  const tensors: StateDict = new Map();
  for (const [name, { storage, offset, shape, stride }] of described) {
    const numbers = checkpoint.storage(storage.key);
    const size = numberFormats[storage.dtype].bytes;
    const seen = numbers.bytes.subarray(storage.start * size, (storage.start + storage.length) * size);
    const layout = { offset, shape, stride };
    tensors.set(name, { shape, data: readAsFloat32({ ...numbers, bytes: seen }, layout, name, source) });
  }
  return { tensors, notes };
}

/**
 * What a state dict's pickle says of its tensors, by name, with the storages that it
 * points to. Throws as `readPth` does.
 */
export function openPth(bytes: Uint8Array, source: string) {
  const checkpoint = isZip(bytes) ? openZipCheckpoint(bytes, source) : openLegacyCheckpoint(bytes, source);
  const found = findStateDict(checkpoint, source);
  checkExpansion(found.tensors, bytes.length, source);
  const { named: described, notes } = withoutWrappers(found.tensors);
  return { checkpoint, described, notes: [...found.notes, ...notes] };
}

/** Room for small tensors that are legitimately broadcast, in elements. */
const FREE_EXPANSION = 2 ** 22;

/**
 * Views cost a file nothing: with strides of 0, or many views of one storage, a kilobyte can describe a terabyte. A
 * plain file has at most one element per byte; four times that leaves room for tied weights.
 */
function checkExpansion(
  tensors: ReadonlyMap<string, PickledTensor>,
  fileLength: number,
  source: string,
): void {
  let total = 0;
  for (const [name, { shape }] of tensors) {
    total += elementCount(shape);
    if (total <= FREE_EXPANSION + 4 * fileLength) continue;
    const problem = `with tensor ${quote(name)} of shape ${showShape(shape)} its tensors have ${total} elements, in ${fileLength} bytes`;
    throw new WeightsError(
      source,
      problem,
      'If that is intended, save the tensors after tensor.contiguous().clone()',
    );
  }
}
