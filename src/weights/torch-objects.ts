/**
 * The Python names that a file of tensors needs, and what they stand for here. This list is the whole of what a
 * pickle may call: it makes dictionaries, and descriptions of where a tensor's numbers lie; the numbers
 * themselves are read later, by name. Every other name is foreign: it is remembered, so that it can be told, and does nothing.
 */
import { WeightsError, quote } from './errors.ts';
import type { DType, StoredNumbers } from './dtypes.ts';
import type { PickleWorld } from './pickle.ts';
import {
  asCount,
  asKind,
  typeName,
  type PickleDict,
  type PickleGlobal,
  type PickleValue,
  type StorageReference,
} from './values.ts';

const storageClasses: Readonly<Record<string, DType>> = {
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  DoubleStorage: 'F64',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** PyTorch supports no more in most operations; it bounds what a tensor costs here. */
const MOST_DIMENSIONS = 64;

/**
 * Items that OrderedDict may be called with, in all: Python copies them, and a pickle can
 * pass one list again and again.
 */
const MOST_COPIED = 2_000_000;

/** Different foreign names in a file. Training programs have some dozens. */
const MOST_FOREIGN = 10_000;

/** A file with its pickle read and its numbers still in place. */
export interface Checkpoint {
  readonly root: PickleValue;
  /** Full names of the Python classes and functions that the file mentions and graft does not know: nothing of them was run. */
  readonly foreign: ReadonlySet<string>;
  /** The numbers of a storage that the pickle mentions, checked to be as many as it says. */
  storage(key: string): StoredNumbers;
}

/** A storage as the file describes it, before its bytes are looked up: `length` numbers of `dtype`. */
export interface StorageClaim {
  readonly dtype: DType;
  readonly length: number;
}

/** The world of one PyTorch file; `storages` fills with every storage that its pickle mentions. */
export interface TorchWorld extends PickleWorld {
  readonly storages: ReadonlyMap<string, StorageClaim>;
  /** Fills with the names that are not on the list. */
  readonly foreign: ReadonlySet<string>;
}

/** A world for one file, empty of storages. */
export function createTorchWorld(source: string): TorchWorld {
  const storages = new Map<string, StorageClaim>();
  const foreignNames = new Set<string>();
  let copied = 0;
  const globals = new Map<string, PickleGlobal>();
  const define = (name: string, call: PickleGlobal['call']) => {
    globals.set(name, { kind: 'global', name, ...(call && { call }) });
  };

  define('collections.OrderedDict', ([items, ...more]) => {
    if (more.length > 0) return undefined;
    if (items === undefined) return new Map();
    copied += Array.isArray(items) ? items.length : 0;
    return copied <= MOST_COPIED ? orderedDict(items) : undefined;
  });
  // Only the keys and values that are set afterwards matter, not what it makes of a missing one.
  define('collections.defaultdict', () => new Map());
  define('torch._utils._rebuild_tensor_v2', rebuildTensor);
  define('torch._utils._rebuild_tensor', rebuildTensor);
  define('torch._utils._rebuild_parameter', ([data]) => asKind(data, 'tensor'));
  define('torch._utils._rebuild_parameter_with_state', ([data]) => asKind(data, 'tensor'));
  define('torch.nn.parameter.Parameter', ([data]) => asKind(data, 'tensor'));
  for (const [name, storage] of Object.entries(storageClasses)) {
    globals.set(`torch.${name}`, { kind: 'global', name: `torch.${name}`, storage });
  }
  // Named beside the weights in some checkpoints; here they are only values that nothing can be done with.
  for (const name of [
    'float32',
    'float16',
    'bfloat16',
    'float64',
    'int64',
    'int32',
    'int16',
    'int8',
    'uint8',
    'bool',
  ]) {
    define(`torch.${name}`, undefined);
  }

  const persistent = (id: PickleValue): PickleValue | undefined => {
    const parts = asKind(id, 'tuple')?.items ?? [];
    const [tag, type, key, location, size, view] = parts;
    // The class of a model that was saved whole, and its source: what is made of it will be a placeholder.
    if (tag === 'module') return asKind(type, 'global')?.isForeign ? type : undefined;
    const dtype = asKind(type, 'global')?.storage;
    const length = asCount(size);
    // The location ("cpu", "cuda:0") says where the tensor lived when it was saved, which is nothing to us.
    const isStorage = tag === 'storage' && typeof key === 'string' && typeof location === 'string';
    if (!isStorage || length === undefined) return undefined;
    // Numbers of a kind that no network here has, such as complex ones.
    if (asKind(type, 'global')?.isForeign) return { kind: 'placeholder', name: typeName(type ?? null) };
    if (!dtype) return undefined;
    const known = storages.get(key);
    if (known && (known.dtype !== dtype || known.length !== length)) {
      throw new WeightsError(
        source,
        `storage ${quote(key)} is ${length} × ${dtype} in one place and ${known.length} × ${known.dtype} in another`,
        'The file contradicts itself: save it again',
      );
    }
    storages.set(key, { dtype, length });
    const whole: StorageReference = { kind: 'storage', key, dtype, start: 0, length };
    return view === undefined || view === null ? whole : storageView(whole, view);
  };

  const foreign = new Map<string, PickleGlobal>();
  const global = (module: string, name: string): PickleGlobal | undefined => {
    const full = `${module}.${name}`;
    const known = globals.get(full) ?? foreign.get(full);
    if (known || foreign.size >= MOST_FOREIGN) return known;
    const unknown: PickleGlobal = { kind: 'global', name: full, isForeign: true };
    foreign.set(full, unknown);
    foreignNames.add(full);
    return unknown;
  };
  return { storages, foreign: foreignNames, persistent, global };
}

/** `[(key, value), …]` as OrderedDict takes it; Python 2 pickled every OrderedDict like that. */
function orderedDict(items: PickleValue): PickleDict | undefined {
  if (!Array.isArray(items)) return undefined;
  const dict: PickleDict = new Map();
  for (const item of items) {
    const pair = Array.isArray(item) ? item : asKind(item, 'tuple')?.items;
    if (pair?.length !== 2) return undefined;
    dict.set(pair[0] as PickleValue, pair[1] as PickleValue);
  }
  return dict;
}

/**
 * (storage, offset, size, stride, …): what follows are requires_grad, hooks and metadata, which weights do not need.
 */
function rebuildTensor([storage, offset, size, stride]: readonly PickleValue[]): PickleValue | undefined {
  const numbers = asKind(storage, 'storage');
  const start = asCount(offset);
  const shape = counts(size);
  const strides = counts(stride);
  if (!numbers || start === undefined || !shape || shape.length !== strides?.length) return undefined;
  return { kind: 'tensor', storage: numbers, offset: start, shape, stride: strides };
}

function counts(value: PickleValue | undefined): number[] | undefined {
  const items = asKind(value, 'tuple')?.items;
  if (!items || items.length > MOST_DIMENSIONS) return undefined;
  const numbers = items.map(asCount);
  return numbers.every((n) => n !== undefined) ? numbers : undefined;
}

/** (key, offset, size): the oldest files let storages share memory, and name the part that a view sees. */
function storageView(whole: StorageReference, view: PickleValue): StorageReference | undefined {
  const [key, offset, size] = asKind(view, 'tuple')?.items ?? [];
  const start = asCount(offset);
  const length = asCount(size);
  if (typeof key !== 'string' || start === undefined || length === undefined) return undefined;
  return start + length <= whole.length ? { ...whole, start, length } : undefined;
}
