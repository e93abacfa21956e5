// torch.save's zip archive: NAME/data.pkl describes the tensors, NAME/data/KEY holds each storage's bare numbers, and
// NAME/byteorder (since 2.1) says which way round they are.
import { ByteCursor } from './cursor.ts';
import { numberFormats } from './dtypes.ts';
import { GET_AGAIN, SAVE_STATE_DICT, WeightsError, quote } from './errors.ts';
import { readPickle } from './pickle.ts';
import { createTorchWorld, type Checkpoint } from './torch-objects.ts';
import { readStoredZip } from './zip.ts';
import { decodeUtf8 } from './utf8.ts';

/** Opens an archive of torch.save; the storages stay views of `bytes`. Throws WeightsError for any other archive. */
export function openZipCheckpoint(bytes: Uint8Array, source: string): Checkpoint {
  const entries = readStoredZip(bytes, source);
  const { folder, pickle } = findPickle(entries, source);
  const littleEndian = readByteOrder(entries.get(`${folder}/byteorder`), source);
  const world = createTorchWorld(source);
  const root = readPickle(new ByteCursor(pickle, source, 'data.pkl'), world);

  return {
    root,
    foreign: world.foreign,
    storage(key) {
      const claim = world.storages.get(key);
      const stored = entries.get(`${folder}/data/${key}`);
      if (!claim || !stored)
        throw new WeightsError(source, `the archive lacks the storage ${quote(key)}`, GET_AGAIN);
      const expected = claim.length * numberFormats[claim.dtype].bytes;
      if (stored.length !== expected) {
        const problem = `storage ${quote(key)} should have ${expected} bytes and has ${stored.length}`;
        throw new WeightsError(source, problem, GET_AGAIN);
      }
      return { bytes: stored, dtype: claim.dtype, littleEndian };
    },
  };
}

function findPickle(entries: ReadonlyMap<string, Uint8Array>, source: string) {
  for (const [name, pickle] of entries) {
    const folder = /^([^/]+)\/data\.pkl$/.exec(name)?.[1];
    if (folder === undefined) continue;
    if (entries.has(`${folder}/constants.pkl`)) {
      throw new WeightsError(source, 'it is a TorchScript program, not a weights file', SAVE_STATE_DICT);
    }
    return { folder, pickle };
  }
  throw new WeightsError(
    source,
    'it is a zip archive without the entry NAME/data.pkl that torch.save writes',
    'Give a .pth file or a safetensors file; if the archive contains one, unpack it first',
  );
}

function readByteOrder(entry: Uint8Array | undefined, source: string): boolean {
  const order = entry === undefined ? 'little' : decodeUtf8(entry.subarray(0, 16));
  if (order === 'little' || order === 'big') return order === 'little';
  throw new WeightsError(
    source,
    `its byte order is ${quote(order ?? 'not a text')}, neither "little" nor "big"`,
    GET_AGAIN,
  );
}
