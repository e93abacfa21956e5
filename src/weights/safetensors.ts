/**
 * safetensors: an 8-byte little-endian header length, a JSON header from names to `{ dtype, shape, data_offsets }`,
 * then the numbers. Files are checked as strictly as the reference implementation checks them
 * (huggingface/safetensors), since everything in the header is a claim: the ranges must tile the data without gap or
 * overlap, and each must be as long as its shape says.
 */
import { decodeUtf8 } from './utf8.ts';
import {
  contiguousStride,
  elementCount,
  isDType,
  numberFormats,
  readAsFloat32,
  type DType,
} from './dtypes.ts';
import { GET_AGAIN, WeightsError, quote, showShape } from './errors.ts';
import { halvesOf } from './half.ts';
import { parseStrictJson } from './json.ts';
import { isBatchCount, type HostTensor, type StateDict } from './types.ts';

/** The reference implementation's limit; real headers stay under a few MB. */
const LONGEST_HEADER = 100_000_000;
/** The format's three levels (header, tensor, shape), and a hundred thousand tensors of four keys each with room to spare. */
const HEADER_LIMITS = { depth: 3, values: 4_000_000, keys: 500_000 };
const MOST_DIMENSIONS = 64;
const MADE_WRONG =
  'The program that wrote the file has a bug: write the file again with a current safetensors library';
const WRITE_LESS = 'Write fewer tensors or less metadata';

/** A file's tensors in the order of their bytes, and its free-text metadata. */
export interface SafetensorsFile {
  readonly tensors: StateDict;
  readonly metadata: Record<string, string>;
  /** What of a PyTorch file was taken and what left out, in clauses for people. */
  readonly notes?: readonly string[];
}

/**
 * Reads a safetensors file. F32, F16 and BF16, and exactly those values of F64, integers and BOOL that float32 can
 * hold, become float32; aligned F32 data are views of `bytes`. `source` is the file's name in messages. Throws
 * WeightsError for every other file.
 *
 * ```ts
 * const file = writeSafetensors(new Map([['scale', { shape: [2], data: Float32Array.of(1, 2) }]]), { dtype: 'f32' });
 * const { tensors } = readSafetensors(file, 'scale.safetensors');
 * tensors.get('scale'); // → { shape: [2], data: Float32Array.of(1, 2) }
 * ```
 */
export function readSafetensors(bytes: Uint8Array, source: string): SafetensorsFile {
  const { entries, dataStart, metadata } = listSafetensors(bytes, source);
  const tensors: StateDict = new Map();
  for (const { name, dtype, shape, begin, end } of entries) {
    const stored = { bytes: bytes.subarray(dataStart + begin, dataStart + end), dtype, littleEndian: true };
    const layout = { offset: 0, shape, stride: contiguousStride(shape) };
    tensors.set(name, { shape, data: readAsFloat32(stored, layout, name, source) });
  }
  return { tensors, metadata };
}

/** A tensor as the header describes it; its bytes are counted from the end of the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What a file's header says of its tensors, checked, in the order of their bytes. Throws WeightsError. */
export function listSafetensors(bytes: Uint8Array, source: string) {
  const { header, dataStart } = readHeader(bytes, source);
  const metadata = readMetadata(header['__metadata__'], source);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, claim]) => readEntry(name, claim, source))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkTiling(entries, bytes.length - dataStart, source);
  return { entries, dataStart, metadata };
}

function readHeader(bytes: Uint8Array, source: string) {
  const fail = (problem: string, remedy = GET_AGAIN) => new WeightsError(source, problem, remedy);
  if (bytes.length < 8) throw fail(`the file has ${bytes.length} bytes, too few for a safetensors header`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (declared > LONGEST_HEADER) {
    throw fail(`the safetensors header claims ${declared} bytes, more than the format's ${LONGEST_HEADER}`);
  }
  const dataStart = 8 + Number(declared);
  if (dataStart > bytes.length) {
    throw fail(
      `the safetensors header claims ${declared} bytes and the file has only ${bytes.length - 8} after the length`,
    );
  }
  const text = decodeUtf8(bytes.subarray(8, dataStart));
  if (text === undefined) throw fail('the safetensors header is not valid UTF-8');
  if (!text.startsWith('{')) throw fail('the safetensors header does not begin with "{"');
  const parsed = parseStrictJson(text, HEADER_LIMITS);
  if ('problem' in parsed)
    throw fail(`the safetensors header ${parsed.problem}`, parsed.isTooMuch ? WRITE_LESS : GET_AGAIN);
  // A text that begins with "{" and parses is an object.
  return { header: parsed.value as Record<string, unknown>, dataStart };
}

function readMetadata(claim: unknown, source: string): Record<string, string> {
  if (claim === undefined) return {};
  if (!isObject(claim)) throw new WeightsError(source, 'its __metadata__ is not an object', MADE_WRONG);
  for (const [key, value] of Object.entries(claim)) {
    if (typeof value === 'string') continue;
    throw new WeightsError(source, `its metadata ${quote(key)} is not a text`, MADE_WRONG);
  }
  return claim as Record<string, string>;
}

function readEntry(name: string, claim: unknown, source: string): SafetensorsEntry {
  const fail = (problem: string, remedy = MADE_WRONG) =>
    new WeightsError(source, `tensor ${quote(name)} ${problem}`, remedy);
  if (!isObject(claim)) throw fail('is not described by an object');
  const { dtype, shape, data_offsets: offsets } = claim;
  if (!isDType(dtype)) {
    throw fail(
      `has the dtype ${quote(String(dtype))}, which is not one of ${Object.keys(numberFormats).join(', ')}`,
      'Convert the weights to float32 and save them again',
    );
  }
  if (!Array.isArray(shape) || shape.length > MOST_DIMENSIONS || !shape.every(isCount)) {
    throw fail(`has a shape that is not a list of at most ${MOST_DIMENSIONS} counts`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw fail('has data_offsets that are not two counts');
  }
  const [begin, end] = offsets as [number, number];
  const expected = elementCount(shape) * numberFormats[dtype].bytes;
  if (end - begin !== expected) {
    throw fail(`has ${end - begin} bytes; ${dtype} of shape ${showShape(shape)} needs ${expected}`);
  }
  return { name, dtype, shape, begin, end };
}

/** Entries are sorted by their place: each must begin where the one before ends, the last at the file's end. */
function checkTiling(entries: readonly SafetensorsEntry[], dataLength: number, source: string): void {
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position) {
      const problem = begin > position ? 'leaves a gap before it' : 'overlaps another tensor';
      throw new WeightsError(
        source,
        `tensor ${quote(name)} ${problem}: it begins at byte ${begin}, not ${position}`,
        MADE_WRONG,
      );
    }
    position = end;
  }
  if (position === dataLength) return;
  const cut = position > dataLength;
  throw new WeightsError(
    source,
    `its tensors take ${position} bytes and the file holds ${dataLength}`,
    cut ? GET_AGAIN : MADE_WRONG,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** How `writeSafetensors` stores numbers, and what it writes beside them. */
export interface WriteOptions {
  readonly dtype: 'f32' | 'f16';
  readonly metadata?: Readonly<Record<string, string>>;
  /** The file's name in messages. */
  readonly source?: string;
}

/**
 * Writes a safetensors file; the same tensors and options give the same bytes. Batch norm's counts are stored as I64,
 * as PyTorch has them, and come first so that every tensor is aligned to its own dtype; the rest keep their order.
 *
 * Throws WeightsError, naming the tensor, for a finite value that float16 cannot hold and for a
 * shape that contradicts its data.
 *
 * ```ts
 * const scale = { shape: [2], data: Float32Array.of(1, 2) };
 * const options = { dtype: 'f16', metadata: { from: 'an example' } } as const;
 * const file = writeSafetensors(new Map([['scale', scale]]), options);
 * readWeights(file, 'scale.safetensors').metadata; // → { from: 'an example' }
 * ```
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  options: WriteOptions,
): Uint8Array {
  const source = options.source ?? 'safetensors file';
  const floats: DType = options.dtype === 'f16' ? 'F16' : 'F32';
  const planned = Array.from(tensors, ([name, tensor]) => {
    checkWritable(name, tensor, source);
    const dtype: DType = isBatchCount(name) && tensor.data.every(Number.isInteger) ? 'I64' : floats;
    return { name, tensor, dtype };
  }).sort((a, b) => Number(b.dtype === 'I64') - Number(a.dtype === 'I64'));

  let end = 0;
  // Put together by hand, because an object would swallow a tensor named "__proto__" and
  // move one named "0" to the front.
  const fields = planned.map(({ name, tensor, dtype }) => {
    const begin = end;
    end += tensor.data.length * numberFormats[dtype].bytes;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape: tensor.shape, data_offsets: [begin, end] })}`;
  });
  if (options.metadata) fields.unshift(`"__metadata__":${JSON.stringify(options.metadata)}`);
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const headerLength = Math.ceil(header.length / 8) * 8;
  if (headerLength > LONGEST_HEADER) {
    throw new WeightsError(source, `its header would have ${headerLength} bytes`, WRITE_LESS);
  }

  const dataStart = 8 + headerLength;
  const file = new Uint8Array(dataStart + end);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  file.set(header, 8);
  file.fill(0x20, 8 + header.length, dataStart);
  let at = dataStart;
  for (const { name, tensor, dtype } of planned) {
    writeNumbers(view, at, name, tensor.data, dtype, source);
    at += tensor.data.length * numberFormats[dtype].bytes;
  }
  return file;
}

function checkWritable(name: string, { shape, data }: HostTensor, source: string): void {
  if (name === '__metadata__') {
    throw new WeightsError(
      source,
      'a tensor is named "__metadata__", a name that the format reserves',
      'Rename the tensor',
    );
  }
  if (shape.every(isCount) && elementCount(shape) === data.length) return;
  throw new WeightsError(
    source,
    `tensor ${quote(name)} has the shape ${showShape(shape)} and ${data.length} values`,
    'Give it as many values as its shape says',
  );
}

function writeNumbers(
  view: DataView,
  at: number,
  name: string,
  data: Float32Array,
  dtype: DType,
  source: string,
): void {
  if (dtype === 'F32') {
    // The data begin at a multiple of 8, and every number after them at one of its own size.
    new Float32Array(view.buffer, at, data.length).set(data);
  } else if (dtype === 'I64') {
    data.forEach((value, i) => view.setBigInt64(at + 8 * i, BigInt(value), true));
  } else {
    new Uint16Array(view.buffer, at, data.length).set(halvesOf(data, name, source));
  }
}
