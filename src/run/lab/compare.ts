/** Whether a result is right, how far off it is at the most, and where it first goes wrong. */

/** Fills what a kernel is to write: a quiet NaN that no arithmetic makes, so that elements that nobody wrote can be told. */
export const UNWRITTEN = 0x7fc0dead;

export interface WrongElement {
  /** In memory, and in the tensor's shape. */
  readonly index: number;
  readonly coordinates: readonly number[];
  readonly found: number;
  readonly expected: number;
}

export interface OutputJudgement {
  readonly name: string;
  readonly shape: readonly number[];
  /** How many elements were compared: all, or a sample where plain loops over all would take seconds. */
  readonly compared: number;
  readonly isSample: boolean;
  /** The largest |found − expected|, as a share of |expected| or of the tensor's root mean square, whichever is larger; NaN counts as infinite. */
  readonly largestError: number;
  readonly tolerance: number;
  /** How many elements are further off than that. */
  readonly wrong: number;
  /** How many of them no thread has written. */
  readonly unwritten: number;
  readonly first: WrongElement | undefined;
}

type Numbers = ArrayLike<number> & Iterable<number>;

/** What should be there: of all elements, or of some by their index, in rising order. */
export interface Expected {
  readonly values: Numbers;
  readonly indices?: ArrayLike<number> | undefined;
}

/** Compares a result of `shape`, element by element, with what is expected. */
export function compare(
  name: string,
  shape: readonly number[],
  found: Float32Array,
  { values, indices }: Expected,
  tolerance: number,
): OutputJudgement {
  const bits = new Uint32Array(found.buffer, found.byteOffset, found.length);
  const scale = rootMeanSquare(values);
  let [wrong, unwritten, largestError] = [0, 0, 0];
  let first: WrongElement | undefined;
  for (let i = 0; i < values.length; i++) {
    const index = indices ? (indices[i] ?? 0) : i;
    const [actual, right] = [found[index] ?? NaN, values[i] ?? NaN];
    const error = errorOf(actual, right, scale);
    largestError = Math.max(largestError, error);
    if (error <= tolerance) continue;
    wrong += 1;
    if (bits[index] === UNWRITTEN) unwritten += 1;
    first ??= { index, coordinates: coordinatesOf(index, shape), found: actual, expected: right };
  }
  const isSample = indices !== undefined;
  return {
    ...{ name, shape, compared: values.length, isSample, largestError, tolerance, wrong, unwritten, first },
  };
}

/** As a share of what it is measured by; infinite for what is no number. */
function errorOf(found: number, expected: number, scale: number): number {
  if (found === expected) return 0;
  const error = Math.abs(found - expected) / Math.max(scale, Math.abs(expected));
  return Number.isNaN(error) ? Infinity : error;
}

/** Where an element of a row-major tensor lies: its index along each axis. */
export function coordinatesOf(index: number, shape: readonly number[]): number[] {
  const coordinates: number[] = [];
  let rest = index;
  for (const side of [...shape].reverse()) {
    coordinates.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return coordinates;
}

function rootMeanSquare(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / Math.max(1, values.length));
}
