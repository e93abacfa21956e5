// From stored numbers to float32, in which the engine computes. Doubles are rounded, as PyTorch's .float()
// rounds them; a double that would become infinite, or an integer that would become another one, is an error and
// not a silently different network. Only batch norm's counts of steps are rounded: nothing is ever made of them.
import { WeightsError, quote, showShape } from './errors.ts';
import { isBatchCount } from './types.ts';
import { bfloatToNumber, halfToNumber } from './half.ts';

interface NumberFormat {
  readonly bytes: number;
  /** Whether float32 can stand for a value; absent if it can for all. */
  readonly fits?: (value: number | bigint) => boolean;
  read(view: DataView, offset: number, littleEndian: boolean): number | bigint;
}

/** The number formats that can be read, under the names that safetensors gives them. */
export const numberFormats = {
  F32: { bytes: 4, read: (v, o, le) => v.getFloat32(o, le) },
  F16: { bytes: 2, read: (v, o, le) => halfToNumber(v.getUint16(o, le)) },
  BF16: { bytes: 2, read: (v, o, le) => bfloatToNumber(v.getUint16(o, le)) },
  F64: { bytes: 8, fits: isInRange, read: (v, o, le) => v.getFloat64(o, le) },
  I64: { bytes: 8, fits: isExact, read: (v, o, le) => v.getBigInt64(o, le) },
  I32: { bytes: 4, fits: isExact, read: (v, o, le) => v.getInt32(o, le) },
  I16: { bytes: 2, read: (v, o, le) => v.getInt16(o, le) },
  I8: { bytes: 1, read: (v, o) => v.getInt8(o) },
  U8: { bytes: 1, read: (v, o) => v.getUint8(o) },
  BOOL: { bytes: 1, read: (v, o) => (v.getUint8(o) === 0 ? 0 : 1) },
} as const satisfies Record<string, NumberFormat>;

export type DType = keyof typeof numberFormats;

export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(numberFormats, name);
}

/** A run of numbers as a file stores them. */
export interface StoredNumbers {
  readonly bytes: Uint8Array;
  readonly dtype: DType;
  readonly littleEndian: boolean;
}

/** Where a tensor's elements lie in stored numbers: element `i, j, …` at `offset + i·stride[0] + j·stride[1] + …`. */
export interface StridedLayout {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/**
 * The number of elements of a shape. Exact below 2^53 and monotone above, so comparing it with a limit is always right.
 */
export function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((count, size) => count * size, 1);
}

/** The strides of a row-major tensor of this shape. */
export function contiguousStride(shape: readonly number[]): number[] {
  const stride = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    stride[axis] = step;
    step *= shape[axis] as number;
  }
  return stride;
}

/**
 * The elements of `layout` in row-major order as float32. Row-major little-endian float32 that happens to be
 * aligned is viewed in place: a network of 46 MB is then never copied on the host. Hosts are taken to be
 * little-endian, as WebGPU's are.
 *
 * Throws WeightsError, naming `tensor` in `source`, where the layout reaches outside the storage
 * or float32 cannot hold a value, unless it counts batch norm's steps.
 */
export function readAsFloat32(
  stored: StoredNumbers,
  layout: StridedLayout,
  tensor: string,
  source: string,
): Float32Array {
  const { offset, shape, stride } = layout;
  const format: NumberFormat = numberFormats[stored.dtype];
  const count = elementCount(shape);
  if (count === 0) return new Float32Array(0);

  const available = Math.floor(stored.bytes.length / format.bytes);
  const last = shape.reduce((at, size, axis) => at + (size - 1) * (stride[axis] as number), offset);
  if (last >= available) {
    throw new WeightsError(
      source,
      `tensor ${quote(tensor)} with shape ${showShape(shape)}, stride ${showShape(stride)} and offset ${offset} ` +
        `reaches element ${last} of a storage of ${available}`,
      'The file contradicts itself: download or save it again',
    );
  }

  const start = stored.bytes.byteOffset + offset * format.bytes;
  if (stored.dtype === 'F32' && stored.littleEndian && start % 4 === 0 && isContiguous(layout)) {
    return new Float32Array(stored.bytes.buffer, start, count);
  }
  return gather(stored, layout, count, (value) => {
    if (isBatchCount(tensor)) return;
    throw new WeightsError(
      source,
      `tensor ${quote(tensor)} holds the ${stored.dtype} value ${value}, which float32 cannot hold`,
      'Convert the tensor to float32 where the file was made (in PyTorch, tensor.float()) and save it again',
    );
  });
}

function gather(
  { bytes, dtype, littleEndian }: StoredNumbers,
  { offset, shape, stride }: StridedLayout,
  count: number,
  refuse: (value: number | bigint) => void,
): Float32Array {
  const format: NumberFormat = numberFormats[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float32Array(count);
  const rowLength = shape.at(-1) ?? 1;
  const rowStep = stride.at(-1) ?? 0;
  const index = new Array<number>(shape.length).fill(0);
  let row = offset;
  for (let i = 0; i < count;) {
    for (let column = 0; column < rowLength; column++, i++) {
      const value = format.read(view, (row + column * rowStep) * format.bytes, littleEndian);
      if (format.fits && !format.fits(value)) refuse(value);
      out[i] = Number(value);
    }
    // On to the next row: an odometer over the other axes, the last of them turning fastest.
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      row += stride[axis] as number;
      index[axis] = next % (shape[axis] as number);
      if (index[axis] !== 0) break;
      row -= (stride[axis] as number) * next;
    }
  }
  return out;
}

/** Whether an integer is the same one in float32. */
function isExact(value: number | bigint): boolean {
  const rounded = Math.fround(Number(value));
  return typeof value === 'bigint' ? BigInt(rounded) === value : rounded === value;
}

/** Whether a double stays finite in float32, unless it was not before. */
function isInRange(value: number | bigint): boolean {
  return !Number.isFinite(value) || Number.isFinite(Math.fround(Number(value)));
}

/** Axes of size 1 may have any stride: nothing is ever stepped along them. */
function isContiguous({ shape, stride }: StridedLayout): boolean {
  const expected = contiguousStride(shape);
  return shape.every((size, axis) => size === 1 || stride[axis] === expected[axis]);
}
