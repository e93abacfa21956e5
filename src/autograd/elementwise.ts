/**
 * Arithmetic on two tensors, and what costs nothing: another shape. Shapes that differ are broadcast by NumPy's rule: aligned at their
 * last axes, sides must be equal or 1. A gradient is summed over the axes along which its tensor was repeated, in a fixed order.
 */
import type { Storage } from '../gpu/index.ts';
import { broadcast, broadcastShape, type Operator, repeatedAxes } from '../kernels/broadcast/index.ts';
import * as kernels from '../kernels/elementwise/index.ts';
import { sumAxes } from '../kernels/sum/index.ts';
import { apply, sizeOf, type Tensor, view } from './tensor.ts';

/**
 * a + b, element by element. Throws `RangeError` if their shapes cannot be broadcast.
 *
 * ```ts
 * const x = new Tensor(gpu, [2, 3], gpu.upload(Float32Array.of(1, 2, 3, 4, 5, 6)));
 * const bias = new Tensor(gpu, [3], gpu.upload(Float32Array.of(10, 20, 30)));
 * await add(x, bias).read(); // → [11, 22, 33, 14, 25, 36]
 * ```
 */
export function add(a: Tensor, b: Tensor): Tensor {
  return binary('add', a, b, (dy, { da, db }) => {
    if (da) sumTo(a, { dy }, da);
    if (db) sumTo(b, { dy }, db);
  });
}

/**
 * a − b, element by element. Throws `RangeError` if their shapes cannot be broadcast.
 *
 * ```ts
 * const a = new Tensor(gpu, [2], gpu.upload(Float32Array.of(6, 8)));
 * const b = new Tensor(gpu, [1], gpu.upload(Float32Array.of(2)));
 * await sub(a, b).read(); // → [4, 6]
 * ```
 */
export function sub(a: Tensor, b: Tensor): Tensor {
  return binary('sub', a, b, (dy, { da, db }) => {
    if (da) sumTo(a, { dy }, da);
    if (db) sumTo(b, { dy }, db, -1);
  });
}

/**
 * a · b, element by element. Throws `RangeError` if their shapes cannot be broadcast. Images `[N, H, W, C]` times `[N, 1, 1, C]` are
 * what squeeze-and-excitation gates (Hu et al. 2018).
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(1, 2, 3)));
 * await mul(x, x).read(); // → [1, 4, 9]
 * ```
 */
export function mul(a: Tensor, b: Tensor): Tensor {
  return binary('mul', a, b, (dy, { da, db }) => {
    if (da) productTo(a, { dy, other: b }, da);
    if (db) productTo(b, { dy, other: a }, db);
  });
}

/**
 * a / b, element by element. Throws `RangeError` if their shapes cannot be broadcast.
 *
 * ```ts
 * const a = new Tensor(gpu, [2], gpu.upload(Float32Array.of(6, 8)));
 * const b = new Tensor(gpu, [1], gpu.upload(Float32Array.of(2)));
 * await div(a, b).read(); // → [3, 4]
 * ```
 */
export function div(a: Tensor, b: Tensor): Tensor {
  return binary('div', a, b, (dy, { da, db, y }) => {
    // y = a/b, so that its slope in b is −y/b: both gradients begin with dy/b.
    const share = { ...dy, storage: a.gpu.temporary(sizeOf(dy.shape) * 4, 'dy / b') };
    const storages = { a: dy.storage, b: b.storage, y: share.storage };
    broadcast(a.gpu, 'div', storages, { a: dy.shape, b: b.shape, y: dy.shape });
    if (da) sumTo(a, { dy: share }, da);
    if (db) sumTo(b, { dy: share, times: y }, db, -1);
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

/** A gradient, of the result's shape. */
interface Gradient {
  readonly storage: Storage;
  readonly shape: readonly number[];
}

interface Wanted {
  readonly da: Storage | undefined;
  readonly db: Storage | undefined;
  /** The result. */
  readonly y: Storage;
}

function binary(
  op: Operator,
  a: Tensor,
  b: Tensor,
  backward: (dy: Gradient, wanted: Wanted) => void,
): Tensor {
  const { gpu } = a;
  const shape = broadcastShape(op, a.shape, b.shape);
  const isAlike = (op === 'add' || op === 'mul') && sizeOf(shape) === a.size && sizeOf(shape) === b.size;
  let result: Storage | undefined;
  return apply(gpu, {
    op,
    inputs: [a, b],
    shape,
    forward: (y) => {
      if (op === 'div') result = y;
      const storages = { a: a.storage, b: b.storage, y };
      if (isAlike) kernels[op](gpu, storages, a.size);
      else broadcast(gpu, op, storages, { a: a.shape, b: b.shape, y: shape });
    },
    backward: (dy, [da, db]) => backward({ storage: dy, shape }, { da, db, y: result ?? dy }),
  });
}

/** `into` = factor · Σ dy, or Σ dy · times, over the axes along which x was repeated. */
function sumTo(
  x: Tensor,
  { dy, times }: { readonly dy: Gradient; readonly times?: Storage },
  into: Storage,
  factor = 1,
): void {
  const storages = { x: dy.storage, times, y: into };
  sumAxes(x.gpu, storages, dy.shape, repeatedAxes(x.shape, dy.shape), factor);
}

/** `into` = Σ dy · other over the axes along which x was repeated. */
function productTo(
  x: Tensor,
  { dy, other }: { readonly dy: Gradient; readonly other: Tensor },
  into: Storage,
): void {
  const { gpu } = x;
  if (other.size === sizeOf(dy.shape)) return sumTo(x, { dy, times: other.storage }, into);
  const isWhole = x.size === sizeOf(dy.shape);
  const product = isWhole ? into : gpu.temporary(sizeOf(dy.shape) * 4, 'dy · other');
  const storages = { a: dy.storage, b: other.storage, y: product };
  broadcast(gpu, 'mul', storages, { a: dy.shape, b: other.shape, y: dy.shape });
  if (!isWhole) sumTo(x, { dy: { ...dy, storage: product } }, into);
}
