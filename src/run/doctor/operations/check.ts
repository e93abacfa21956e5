/**
 * What a check of an operation is: small inputs, the engine's own kernels over them, and plain loops that say what is right. Drivers
 * do compute wrongly now and then (matrix products above all), and a network that is trained on one learns nothing without ever
 * failing: so an adapter is checked before it is trusted.
 */
import type { Gpu, Storage } from '../../../gpu/index.ts';
import { createRandom } from '../../../random.ts';

/** One tensor that an operation wrote, read back, and the same from plain loops. */
export interface Output {
  /** Its name in the operation: `y`, `dWeight`. */
  readonly name: string;
  readonly found: Promise<ArrayLike<number>>;
  readonly expected: ArrayLike<number>;
}

export interface OperationCheck {
  /** The operation's name as `graft kernel` has it, or its beginning. */
  readonly operation: string;
  /** Records it, in a scope, with reads of what it writes. */
  record(gpu: Gpu): readonly Output[];
}

/** The first element that an operation got wrong. */
export interface WrongElement {
  /** As `graft kernel` names it, or the beginning of that. */
  readonly operation: string;
  /** Which of its results: `y`, `dWeight`, with the algorithm where there are several. */
  readonly output: string;
  readonly index: number;
  readonly found: number;
  readonly expected: number;
}

/** Uniform values of [from, to), [−1, 1) by default. */
export type Values = (count: number, from?: number, to?: number) => Float32Array;

/** The same values at every call: the check of an adapter is the same each time. */
export function values(): Values {
  const random = createRandom(0xd0c);
  return (count, from = -1, to = 1) =>
    Float32Array.from({ length: count }, () => from + (to - from) * random.uniform());
}

type Tensors<T> = Readonly<Record<keyof T, Storage>>;

/**
 * The check of an operation: `run` records it on what `trial` makes of the values that it draws, and `expected` is what it should
 * write. Tensors that are inputs too are changed in place.
 */
export function check<
  I extends Readonly<Record<string, Float32Array | Uint32Array>>,
  E extends Readonly<Record<string, ArrayLike<number>>>,
>(
  operation: string,
  trial: (values: Values) => { readonly inputs: I; readonly expected: E },
  run: (gpu: Gpu, storages: Tensors<I> & Tensors<E>) => void,
): OperationCheck {
  return {
    operation,
    record(gpu) {
      const { inputs, expected } = trial(values());
      const storages = new Map(Object.entries(inputs).map(([name, data]) => [name, gpu.upload(data)]));
      const outputs = Object.entries(expected).map(([name, right]) => {
        // NaN shows where no kernel writes.
        const storage = storages.get(name) ?? gpu.upload(new Float32Array(right.length).fill(NaN));
        storages.set(name, storage);
        return { name, storage, expected: right };
      });
      run(gpu, Object.fromEntries(storages) as Tensors<I> & Tensors<E>); // one for each name of both
      return outputs.map(({ name, storage, expected }) => ({ name, found: gpu.read(storage), expected }));
    },
  };
}

/**
 * Wrong is what is further off than a ten-thousandth of the element or of the tensor's root mean square, whichever is larger. The
 * rounding of f32 in sums of a few hundred terms stays below a tenth of that, whatever a GPU makes of exp, √ and division within
 * WGSL's bounds; arithmetic in 16 bits is a few times past it.
 */
const TOLERANCE = 1e-4;

/** The index of the first element that is wrong; undefined if all are right. */
export function firstWrong(found: ArrayLike<number>, expected: ArrayLike<number>): number | undefined {
  const squares = Array.from(expected).reduce((sum, value) => sum + value * value, 0);
  const scale = Math.sqrt(squares / expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [actual, right] = [found[i] ?? NaN, expected[i] ?? NaN];
    // Not `>`: whatever is no number is wrong.
    if (!(Math.abs(actual - right) <= TOLERANCE * Math.max(scale, Math.abs(right)))) return i;
  }
  return undefined;
}
