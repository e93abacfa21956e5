/**
 * What the lab can try: an operation of the catalogue (run/kernels) together with what it takes to run it and to say whether it ran right:
 * its tensors at any sizes, values to put into them, plain loops for what should come out, and how much work that is.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';

/** Sizes by name: `n`, `h`, `channels`. */
export type Sizes = Readonly<Record<string, number>>;

/** A size that one may choose, with what it means and how far it goes. */
export interface SizeField {
  readonly name: string;
  readonly about: string;
  readonly least: number;
  readonly most: number;
}

/** A tensor that goes in, and how it is filled: with uniform values of [from, to), [−1, 1) by default, or with what `data` makes. */
export interface Given {
  readonly shape: readonly number[];
  readonly from?: number;
  readonly to?: number;
  readonly data?: () => Float32Array | Uint32Array;
}

export interface Tensors {
  readonly inputs: Readonly<Record<string, Given>>;
  /** What is judged, by its shape; one that is an input too is changed in place. */
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  /** Memory that is written and not judged, in bytes. */
  readonly scratch?: Readonly<Record<string, number>>;
}

/** What was put in. */
export type Values = Readonly<Record<string, Float32Array | Uint32Array>>;
export type StorageOf = (name: string) => Storage;

/** The floating-point operations of the plain formula, and bytes read and written once: what any kernel has to do. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
}

export interface LabOperation {
  /** As the catalogue has it: `conv2d.forward`. */
  readonly name: string;
  readonly about: string;
  readonly fields: readonly SizeField[];
  /** Sizes by name; the first is where one begins. */
  readonly cases: readonly { readonly name: string; readonly sizes: Sizes }[];
  /** What could compute it on this adapter, the rule's choice first; empty where there is no choice. */
  algorithms(gpu: Gpu, sizes: Sizes): readonly string[];
  tensors(sizes: Sizes): Tensors;
  /** Records what has to happen once before, such as the forward pass of a gradient. */
  prepare?(gpu: Gpu, storage: StorageOf, sizes: Sizes): void;
  record(gpu: Gpu, storage: StorageOf, sizes: Sizes, algorithm: string | undefined): void;
  /** All outputs by plain loops. */
  expected(values: Values, sizes: Sizes): Readonly<Record<string, ArrayLike<number> & Iterable<number>>>;
  /** One element of its only output by plain loops, where all of them may take seconds. */
  elementAt?(values: Values, sizes: Sizes, index: number): number;
  /**
   * How far off a result may be, as a share of the element's magnitude or of the tensor's root mean square, whichever is larger: what the
   * operation's own tests allow.
   */
  tolerance(sizes: Sizes, algorithm: string | undefined): number;
  work(sizes: Sizes): Work;
}

/** Elements of a tensor. */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

/** The bytes of all tensors, each moved once; those changed in place count twice. */
export function bytesMoved({ inputs, outputs }: Tensors): number {
  const shapes = [...Object.values(inputs).map(({ shape }) => shape), ...Object.values(outputs)];
  return 4 * shapes.reduce((sum, shape) => sum + elementsOf(shape), 0);
}

/** One of the values that were put in. Throws `RangeError` where there is none. */
export function valueOf(values: Values, name: string): Float32Array | Uint32Array {
  const value = values[name];
  if (!value) throw new RangeError(`There is no input "${name}".`);
  return value;
}

/** One of the sizes. Throws `RangeError` where it is missing. */
export function sizeOf(sizes: Sizes, name: string): number {
  const size = sizes[name];
  if (size === undefined) throw new RangeError(`The size "${name}" is missing.`);
  return size;
}

/** A field of a size; whole numbers from 1 on. */
export const field = (name: string, about: string, most: number, least = 1): SizeField => ({
  ...{ name, about, least, most },
});

/** No tensor is larger, so that inputs are drawn and compared within a moment, and every adapter binds them. */
const MOST_BYTES = 64 * 2 ** 20;
/** Floating-point operations of a run at most: some seconds on the slowest adapter. */
const MOST_FLOPS = 2e10;

/**
 * Refuses sizes that are missing, no whole numbers, out of range, or too much together. Throws `RangeError` that says which and why; so
 * does an operation whose sizes do not go together.
 */
export function checkSizes(operation: LabOperation, sizes: Sizes): void {
  for (const { name, least, most } of operation.fields) {
    const size = sizes[name];
    if (size === undefined || !Number.isSafeInteger(size) || size < least || size > most)
      throw new RangeError(`${name} must be a whole number of ${least} to ${most}.`);
  }
  const { inputs, outputs } = operation.tensors(sizes);
  const shapes = [
    ...Object.entries(inputs).map(([name, { shape }]) => [name, shape] as const),
    ...Object.entries(outputs),
  ];
  for (const [name, shape] of shapes) {
    if (!shape.every((side) => Number.isSafeInteger(side) && side >= 1))
      throw new RangeError(`These sizes leave nothing of ${name}: its shape would be [${shape.join(', ')}].`);
    if (4 * elementsOf(shape) > MOST_BYTES)
      throw new RangeError(`${name} would take more than 64 MiB here: choose smaller sizes.`);
  }
  if (operation.work(sizes).flops > MOST_FLOPS)
    throw new RangeError('That is more than 20 GFLOP a run, seconds without a GPU: choose smaller sizes.');
}
