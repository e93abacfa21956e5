// torch.save before 1.6: five pickles (a magic number, the protocol's version, the machine's word sizes, the
// object, the list of storage keys), then for every key an int64 count of elements and the numbers,
// little-endian whatever machine wrote them.
import { isTar } from './archives.ts';
import { ByteCursor } from './cursor.ts';
import { numberFormats, type StoredNumbers } from './dtypes.ts';
import { GET_AGAIN, SAVE_STATE_DICT, WeightsError, quote } from './errors.ts';
import { readPickle } from './pickle.ts';
import { createTorchWorld, type Checkpoint, type StorageClaim } from './torch-objects.ts';
import type { PickleValue } from './values.ts';

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

/** Opens a file that torch.save wrote before PyTorch 1.6, or since then with `_use_new_zipfile_serialization=False`. */
export function openLegacyCheckpoint(bytes: Uint8Array, source: string): Checkpoint {
  if (isTar(bytes)) {
    throw new WeightsError(
      source,
      'it is a tar archive, the format of the very first PyTorch releases',
      "Convert it in PyTorch: torch.save(torch.load(FILE), 'weights.pth')",
    );
  }
  const cursor = new ByteCursor(bytes, source, 'the file');
  const world = createTorchWorld(source);
  if (readPickle(cursor, world) !== MAGIC_NUMBER) {
    throw new WeightsError(source, 'it is a pickle that torch.save did not write', SAVE_STATE_DICT);
  }
  const version = readPickle(cursor, world);
  if (version !== PROTOCOL_VERSION)
    throw cursor.error(`the version of its format is not ${PROTOCOL_VERSION}`);
  readPickle(cursor, world);
  const root = readPickle(cursor, world);
  const keys = readPickle(cursor, world);
  const storages = readStorages(cursor, keys, world.storages);
  if (cursor.remaining > 0)
    throw cursor.error(`${cursor.remaining} bytes are left over after the last storage`);

  return {
    root,
    foreign: world.foreign,
    storage(key) {
      const numbers = storages.get(key);
      if (!numbers) throw new WeightsError(source, `the file lacks the storage ${quote(key)}`, GET_AGAIN);
      return numbers;
    },
  };
}

function readStorages(
  cursor: ByteCursor,
  keys: PickleValue,
  claims: ReadonlyMap<string, StorageClaim>,
): Map<string, StoredNumbers> {
  if (!Array.isArray(keys)) throw cursor.error('the list of its storages is missing');
  const storages = new Map<string, StoredNumbers>();
  for (const key of keys) {
    const claim = typeof key === 'string' ? claims.get(key) : undefined;
    if (typeof key !== 'string' || !claim || storages.has(key)) {
      throw cursor.error('the list of its storages names one twice, or one that no tensor uses');
    }
    const length = cursor.u64();
    if (length !== claim.length) {
      throw cursor.error(`storage ${quote(key)} should have ${claim.length} elements and has ${length}`);
    }
    const bytes = cursor.take(length * numberFormats[claim.dtype].bytes);
    storages.set(key, { bytes, dtype: claim.dtype, littleEndian: true });
  }
  return storages;
}
