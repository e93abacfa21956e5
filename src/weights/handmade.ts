// Weights files made byte by byte, for tests: what no honest program writes has to be made by hand.

/** One array of the bytes of all parts; a text stands for its characters' low bytes. */
export function bytesOf(...parts: readonly (string | number | ArrayLike<number>)[]): Uint8Array {
  const arrays = parts.map((part) => {
    if (typeof part === 'number') return [part];
    return typeof part === 'string' ? Uint8Array.from(part, (c) => c.charCodeAt(0)) : part;
  });
  const bytes = new Uint8Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    bytes.set(array, at);
    at += array.length;
  }
  return bytes;
}

/** `value` in `size` bytes, little-endian. */
export function little(value: number | bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
}

/** A safetensors file with this header, word for word, and these data. */
export function safetensorsFile(header: string | object, data: ArrayLike<number> = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  return bytesOf(little(text.length, 8), text, data);
}

/** Float32 values as bytes. */
export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** An entry of a zip archive, and how its headers are to differ from the truth. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly claimedSize?: number;
  readonly claimedPackedSize?: number;
  readonly claimedOffset?: number;
  readonly localName?: string;
  /** CRC-32 of the data; 0, that is none, by default. */
  readonly crc?: number;
  /** Bytes of padding in the local header's extra field, as PyTorch aligns its data. */
  readonly padding?: number;
}

/** An archive of stored entries; with `zip64` every size, offset and count stands in the 64-bit fields. */
export function zipFile(entries: readonly ZipEntry[], { zip64 = false, comment = '' } = {}): Uint8Array {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const {
    name,
    data,
    method = 0,
    flags = 0,
    claimedSize,
    claimedPackedSize,
    claimedOffset,
    localName = name,
    crc = 0,
    padding = 0,
  } of entries) {
    const size = claimedSize ?? data.length;
    const packed = claimedPackedSize ?? size;
    const at = claimedOffset ?? offset;
    const extra = bytesOf('FB', little(padding, 2), new Uint8Array(padding));
    const sizes = zip64 ? bytesOf(little(-1, 4), little(-1, 4)) : bytesOf(little(packed, 4), little(size, 4));
    const time = new Uint8Array(4);
    const common = bytesOf(little(20, 2), little(flags, 2), little(method, 2), time, little(crc, 4), sizes);
    const extra64 = zip64
      ? bytesOf(
          little(7, 2),
          little(2, 2),
          0,
          0,
          little(1, 2),
          little(24, 2),
          little(size, 8),
          little(size, 8),
          little(at, 8),
        )
      : [];
    const local = bytesOf(
      'PK\x03\x04',
      common,
      little(localName.length, 2),
      little(extra.length, 2),
      localName,
      extra,
      data,
    );
    locals.push(local);
    directory.push(
      bytesOf(
        'PK\x01\x02',
        little(20, 2),
        common,
        little(name.length, 2),
        little(extra64.length, 2),
        new Uint8Array(10),
      ),
      bytesOf(little(zip64 ? -1 : at, 4), name, extra64),
    );
    offset += local.length;
  }
  const central = bytesOf(...directory);
  const count = entries.length;
  const end64 = zip64
    ? bytesOf(
        'PK\x06\x06',
        little(44, 8),
        little(45, 2),
        little(45, 2),
        new Uint8Array(8),
        little(count, 8),
        little(count, 8),
        little(central.length, 8),
        little(offset, 8),
        'PK\x06\x07',
        little(0, 4),
        little(offset + central.length, 8),
        little(1, 4),
      )
    : [];
  const [shownCount, shownSize, shownStart] = zip64 ? [-1, -1, -1] : [count, central.length, offset];
  const end = bytesOf(
    'PK\x05\x06',
    little(0, 4),
    little(shownCount, 2),
    little(shownCount, 2),
    little(shownSize, 4),
    little(shownStart, 4),
    little(comment.length, 2),
    comment,
  );
  return bytesOf(...locals, central, end64, end);
}

/** Pickle instructions for the values that torch.save writes; see pickletools for their names. */
export const op = {
  text: (value: string) => bytesOf('X', little(value.length, 4), value),
  int: (value: number) => bytesOf('J', little(value, 4)),
  global: (module: string, name: string) => bytesOf('c', module, '\n', name, '\n'),
  tuple: (...items: readonly Uint8Array[]) => bytesOf('(', ...items, 't'),
  list: (...items: readonly Uint8Array[]) => bytesOf('](', ...items, 'e'),
  dict: (entries: Readonly<Record<string, Uint8Array>>) =>
    bytesOf('}(', ...Object.entries(entries).flatMap(([key, value]) => [op.text(key), value]), 'u'),
  call: (callee: Uint8Array, ...args: readonly Uint8Array[]) => bytesOf(callee, op.tuple(...args), 'R'),
  /** A view of storage `key`, as `_rebuild_tensor_v2` gets it. */
  tensor: ({
    type = 'FloatStorage',
    key = '0',
    length = 4,
    offset = 0,
    shape = [2, 2],
    stride = [2, 1],
    view,
  }: TensorParts) =>
    op.call(
      op.global('torch._utils', '_rebuild_tensor_v2'),
      op.storage({ type, key, length, ...(view && { view }) }),
      op.int(offset),
      op.tuple(...shape.map(op.int)),
      op.tuple(...stride.map(op.int)),
      bytesOf('\x89'),
      op.call(op.global('collections', 'OrderedDict')),
    ),
  storage: ({ type, key, length, view }: { type: string; key: string; length: number; view?: Uint8Array }) =>
    bytesOf(
      op.tuple(
        op.text('storage'),
        op.global('torch', type),
        op.text(key),
        op.text('cuda:0'),
        op.int(length),
        ...(view ? [view] : []),
      ),
      'Q',
    ),
};

interface TensorParts {
  readonly type?: string;
  readonly key?: string;
  readonly length?: number;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly stride?: readonly number[];
  readonly view?: Uint8Array;
}

/** A whole pickle of protocol 2. */
export function pickleOf(...instructions: readonly (Uint8Array | string)[]): Uint8Array {
  return bytesOf('\x80\x02', ...instructions, '.');
}

/** torch.save's zip archive around a pickle and its storages. */
export function torchZip(
  pickle: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>>,
  more: readonly ZipEntry[] = [],
) {
  return zipFile([
    { name: 'archive/data.pkl', data: pickle, padding: 7 },
    ...more,
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
  ]);
}

/** torch.save's layout before 1.6. */
export function torchLegacy(
  object: Uint8Array,
  storages: Readonly<Record<string, readonly [count: number, data: Uint8Array]>>,
) {
  const magic = bytesOf('\x8a\x0a', little(0x1950a86a20f9469cfc6cn, 10));
  return bytesOf(
    pickleOf(magic),
    pickleOf(op.int(1001)),
    pickleOf(op.dict({ little_endian: bytesOf('\x88') })),
    object,
    pickleOf(op.list(...Object.keys(storages).map(op.text))),
    ...Object.values(storages).flatMap(([count, data]) => [little(count, 8), data]),
  );
}
