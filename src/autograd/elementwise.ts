/**
 * Operations on each element, and what costs nothing: another shape. There is no broadcasting: the inputs of an
 * operation have the same shape, since nothing in the networks here needs more.
 */
import * as kernels from '../kernels/elementwise/index.ts';
import { apply, sizeOf, view, type Tensor } from './tensor.ts';

/** a + b, element by element. Throws `RangeError` if their shapes differ. */
export function add(a: Tensor, b: Tensor): Tensor {
  checkAlike('add', a, b);
  const { gpu, size } = a;
  return apply(gpu, {
    op: 'add',
    inputs: [a, b],
    shape: a.shape,
    forward: (y) => kernels.add(gpu, { a: a.storage, b: b.storage, y }, size),
    backward: (dy, gradients) => {
      for (const gradient of gradients) if (gradient) gpu.copy(dy, gradient);
    },
  });
}

/**
 * a · b, element by element. Throws `RangeError` if their shapes differ.
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(1, 2, 3)));
 * await mul(x, x).read(); // → [1, 4, 9]
 * ```
 */
export function mul(a: Tensor, b: Tensor): Tensor {
  checkAlike('mul', a, b);
  const { gpu, size } = a;
  return apply(gpu, {
    op: 'mul',
    inputs: [a, b],
    shape: a.shape,
    forward: (y) => kernels.mul(gpu, { a: a.storage, b: b.storage, y }, size),
    backward: (dy, [da, db]) => {
      if (da) kernels.mul(gpu, { a: dy, b: b.storage, y: da }, size);
      if (db) kernels.mul(gpu, { a: dy, b: a.storage, y: db }, size);
    },
  });
}

/**
 * The same elements in the same order under another shape. Nothing is copied, neither now nor on the way back: the result
 * is x's memory. Throws `RangeError` if the shape has another number of elements.
 *
 * ```ts
 * const x = new Tensor(gpu, [2, 3], gpu.upload(new Float32Array(6)));
 * reshape(x, [3, 2, 1]).shape; // → [3, 2, 1]
 * ```
 */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  if (!shape.every((side) => Number.isSafeInteger(side) && side >= 1) || sizeOf(shape) !== x.size)
    throw new RangeError(
      `reshape: [${x.shape.join(', ')}] has ${x.size} elements, which do not fill [${shape.join(', ')}].`,
    );
  return view('reshape', x, shape);
}

function checkAlike(op: string, a: Tensor, b: Tensor): void {
  if (a.shape.join() !== b.shape.join())
    throw new RangeError(
      `${op}: [${a.shape.join(', ')}] and [${b.shape.join(', ')}] differ in shape, and nothing is broadcast.`,
    );
}
