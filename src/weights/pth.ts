/**
 * PyTorch checkpoints: the zip archives that torch.save has written since 1.6 and the sequence of pickles
 * from before, which torchvision's older weights still are. Both hold one pickle that describes the tensors
 * and the storages with their numbers.
 */
import { isZip } from './archives.ts';
import { elementCount, numberFormats, readAsFloat32 } from './dtypes.ts';
import { SAVE_STATE_DICT, WeightsError, quote, showShape } from './errors.ts';
import { openLegacyCheckpoint } from './pth-legacy.ts';
import { openZipCheckpoint } from './pth-zip.ts';
import type { StateDict } from './types.ts';
import { asKind, typeName, type PickleDict, type PickledTensor, type PickleValue } from './values.ts';

/**
 * Reads a state dict that torch.save wrote, or a checkpoint around one under "state_dict", "model" or
 * "model_state_dict"; the prefix "module." that DataParallel gives to all names is taken off. Numbers become
 * float32, exactly; see readAsFloat32.
 *
 * Nothing in the file is ever run. Throws WeightsError if it is damaged, contradicts itself
 * or holds anything but tensors.
 */
export function readPth(bytes: Uint8Array, source: string): StateDict {
  const { checkpoint, described } = openPth(bytes, source);
  const tensors: StateDict = new Map();
  for (const [name, { storage, offset, shape, stride }] of described) {
    const numbers = checkpoint.storage(storage.key);
    const size = numberFormats[storage.dtype].bytes;
    const seen = numbers.bytes.subarray(storage.start * size, (storage.start + storage.length) * size);
    const layout = { offset, shape, stride };
    tensors.set(name, { shape, data: readAsFloat32({ ...numbers, bytes: seen }, layout, name, source) });
  }
  return tensors;
}

/**
 * What a state dict's pickle says of its tensors, by name, with the storages that it
 * points to. Throws as `readPth` does.
 */
export function openPth(bytes: Uint8Array, source: string) {
  const checkpoint = isZip(bytes) ? openZipCheckpoint(bytes, source) : openLegacyCheckpoint(bytes, source);
  const described = describedTensors(checkpoint.root, source);
  checkExpansion(described, bytes.length, source);
  return { checkpoint, described };
}

function describedTensors(root: PickleValue, source: string): Map<string, PickledTensor> {
  if (!(root instanceof Map)) {
    throw new WeightsError(
      source,
      `it holds a value of type ${typeName(root)}, not a dictionary of tensors`,
      SAVE_STATE_DICT,
    );
  }
  const dict = unwrap(root);
  const tensors = new Map<string, PickledTensor>();
  for (const [name, value] of dict) {
    const tensor = asKind(value, 'tensor');
    if (typeof name !== 'string' || !tensor) {
      const shown = typeof name === 'string' ? quote(name) : `with a key of type ${typeName(name)}`;
      const problem = `its entry ${shown} is of type ${typeName(value)}, not a named tensor (keys: ${showKeys(dict)})`;
      throw new WeightsError(source, problem, SAVE_STATE_DICT);
    }
    tensors.set(name, tensor);
  }
  if (tensors.size === 0) throw new WeightsError(source, 'it holds an empty dictionary', SAVE_STATE_DICT);
  return withoutPrefix(tensors, 'module.');
}

/** Training scripts save the state dict among the optimizer's state and the epoch, under one of these keys. */
function unwrap(root: PickleDict): PickleDict {
  for (const key of ['state_dict', 'model', 'model_state_dict']) {
    const inner = root.get(key);
    if (inner instanceof Map) return inner;
  }
  return root;
}

function withoutPrefix(tensors: Map<string, PickledTensor>, prefix: string): Map<string, PickledTensor> {
  const names = Array.from(tensors.keys());
  if (!names.every((name) => name.startsWith(prefix))) return tensors;
  return new Map(Array.from(tensors, ([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function showKeys(dict: PickleDict): string {
  const keys = Array.from(dict.keys())
    .slice(0, 8)
    .map((key) => (typeof key === 'string' ? quote(key) : typeName(key)));
  return keys.join(', ') + (dict.size > keys.length ? `, and ${dict.size - keys.length} more` : '');
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
