/** Sums and means over axes. */
import { broadcast } from '../kernels/broadcast/index.ts';
import { sumAxes } from '../kernels/sum/index.ts';
import { apply, sizeOf, type Tensor } from './tensor.ts';

/** Of `sum` and `mean`. */
export interface AxesOptions {
  /** From 0, or from −1 for the last backwards; all by default. */
  readonly axes?: readonly number[];
  /** Keeps the axes that are summed, of length 1. */
  readonly keepDims?: boolean;
}

/**
 * Σ x over axes, as torch.sum. Throws `RangeError` for an axis that x does not have.
 *
 * ```ts
 * const x = new Tensor(gpu, [2, 3], gpu.upload(Float32Array.of(1, 2, 3, 4, 5, 6)));
 * sum(x, { axes: [0], keepDims: true }).shape; // → [1, 3]
 * await sum(x, { axes: [-1] }).read(); // → [6, 15]
 * ```
 */
export const sum = (x: Tensor, options: AxesOptions = {}): Tensor => summed('sum', x, options, () => 1);

/**
 * The mean of x over axes, as torch.mean. Throws `RangeError` for an axis that x does not have.
 *
 * ```ts
 * const x = new Tensor(gpu, [2, 2], gpu.upload(Float32Array.of(1, 2, 3, 4)));
 * await mean(x, { axes: [0] }).read(); // → [2, 3]
 * ```
 */
export const mean = (x: Tensor, options: AxesOptions = {}): Tensor =>
  summed('mean', x, options, (terms) => 1 / terms);

function summed(
  op: string,
  x: Tensor,
  { axes, keepDims = false }: AxesOptions,
  factorOf: (terms: number) => number,
): Tensor {
  const { gpu, shape } = x;
  const all = new Set((axes ?? [...shape.keys()]).map((axis) => axisOf(op, x, axis)));
  const kept = shape.map((side, axis) => (all.has(axis) ? 1 : side));
  const factor = factorOf(x.size / sizeOf(kept));
  return apply(gpu, {
    op,
    inputs: [x],
    shape: keepDims ? kept : kept.filter((_, axis) => !all.has(axis)),
    forward: (y) => sumAxes(gpu, { x: x.storage, y }, shape, [...all], factor),
    backward: (dy, [dx]) => {
      if (!dx) return;
      const b = gpu.upload(Float32Array.of(factor));
      broadcast(gpu, 'mul', { a: dy, b, y: dx }, { a: kept, b: [], y: shape });
    },
  });
}

/** An axis counted from 0, where it may be counted from the end. Throws `RangeError` if there is none. */
export function axisOf(op: string, { shape }: Tensor, axis: number): number {
  const found = axis < 0 ? axis + shape.length : axis;
  if (Number.isInteger(axis) && found >= 0 && found < shape.length) return found;
  throw new RangeError(`${op}: [${shape.join(', ')}] has no axis ${axis}.`);
}
