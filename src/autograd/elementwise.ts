/**
 * Operations on each element, and what costs nothing: another shape. There is no broadcasting: the inputs of an
 * operation have the same shape, since nothing in the networks here needs more.
 */
import type { Gpu, Storage } from '../gpu/index.ts';
import * as kernels from '../kernels/elementwise/index.ts';
import { apply, sizeOf, view, type Tensor } from './tensor.ts';

/**
 * max(x, 0), as torch.relu. Where it follows batch norm, let `batchNorm` do it: that goes over memory once less.
 *
 * ```ts
 * const x = new Tensor(gpu, [4], gpu.upload(Float32Array.of(-1, 0, 2, 3)));
 * await relu(x).read(); // → [0, 0, 2, 3]
 * ```
 */
export function relu(x: Tensor): Tensor {
  return differentiatedByResult('relu', x, kernels.relu, kernels.reluBackward);
}

/**
 * 1 / (1 + exp(−x)) of each element, as torch.sigmoid. f32 alone: throws `RangeError` for f16.
 *
 * ```ts
 * const x = new Tensor(gpu, [1], gpu.upload(Float32Array.of(0)));
 * await sigmoid(x).read(); // → [0.5]
 * ```
 */
export function sigmoid(x: Tensor): Tensor {
  return differentiatedByResult('sigmoid', x, kernels.sigmoid, kernels.sigmoidBackward);
}

/**
 * x · Φ(x) with the normal distribution Φ (Hendrycks and Gimpel 2016), as torch.nn.functional.gelu.
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, 10)));
 * await gelu(x).read(); // → [0, 10]
 * ```
 */
export function gelu(x: Tensor): Tensor {
  const { gpu, size } = x;
  return apply(gpu, {
    op: 'gelu',
    inputs: [x],
    shape: x.shape,
    forward: (y) => kernels.gelu(gpu, { x: x.storage, y }, size),
    backward: (dy, [dx]) => {
      if (dx) kernels.geluBackward(gpu, { dy, x: x.storage, dx }, size);
    },
  });
}

/**
 * a + b, element by element. Throws `RangeError` if their shapes differ.
 *
 * ```ts
 * const a = new Tensor(gpu, [2], gpu.upload(Float32Array.of(1, 2)));
 * const b = new Tensor(gpu, [2], gpu.upload(Float32Array.of(10, 20)));
 * await add(a, b).read(); // → [11, 22]
 * ```
 */
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

type Kernel<B extends string> = (gpu: Gpu, storages: Readonly<Record<B, Storage>>, count: number) => void;

/** An operation on each element whose gradient is told from the result: x need not be kept for it. */
function differentiatedByResult(
  op: string,
  x: Tensor,
  forward: Kernel<'x' | 'y'>,
  backward: Kernel<'dy' | 'y' | 'dx'>,
): Tensor {
  const { gpu, size } = x;
  let result: Storage | undefined;
  return apply(gpu, {
    op,
    inputs: [x],
    shape: x.shape,
    forward: (y) => {
      result = y;
      forward(gpu, { x: x.storage, y }, size);
    },
    backward: (dy, [dx]) => {
      if (dx && result) backward(gpu, { dy, y: result, dx }, size);
    },
  });
}

function checkAlike(op: string, a: Tensor, b: Tensor): void {
  if (a.shape.join() !== b.shape.join())
    throw new RangeError(
      `${op}: [${a.shape.join(', ')}] and [${b.shape.join(', ')}] differ in shape, and nothing is broadcast.`,
    );
}
