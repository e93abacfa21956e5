/**
 * Tensors and the tape. A tensor computed from others remembers how, if and only if one of those needs a gradient: so
 * the tape of a network with a frozen trunk begins where the first trained parameter comes in, nothing before it is
 * kept, and `backward` stops there. Nothing has to be switched off for evaluation: without a call of `backward` no
 * command uses an activation twice, and its memory moves on (see gpu/storage.ts).
 */
import type { Gpu, Storage, Window } from '../gpu/index.ts';
import { cast } from '../kernels/cast/index.ts';
import { bytesOf, type Dtype } from '../kernels/dtype.ts';

/**
 * Numbers on the GPU under a shape, and how they came about. A tensor made with `requiresGrad` is a leaf that `gradientOf` can ask for; what is trained
 * is a `Parameter`. Its memory ends with the scope that it was made in, unless its storage is persistent.
 *
 * ```ts
 * const x = new Tensor(gpu, [2, 2], gpu.upload(Float32Array.of(1, 2, 3, 4)));
 * x.size; // → 4
 * await x.read(); // → [1, 2, 3, 4]
 * ```
 */
export class Tensor {
  /** How this tensor came about; undefined for leaves and where no gradient is needed. */
  node: Node | undefined;

  constructor(
    readonly gpu: Gpu,
    /** Activations are `[N, H, W, C]`, logits `[N, classes]`, losses `[]`. */
    readonly shape: readonly number[],
    public storage: Storage,
    public requiresGrad = false,
    /** How the elements are stored. */
    public dtype: Dtype = 'f32',
  ) {}

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The values, as f32 from f16 too, once the scope that computes them was submitted. */
  read(): Promise<Float32Array<ArrayBuffer>> {
    const { gpu, storage, size, dtype } = this;
    if (dtype === 'f32') return gpu.read(storage);
    const values = gpu.temporary(size * 4, 'values');
    cast(gpu, { x: storage, y: values }, size, { from: dtype, to: 'f32' });
    return gpu.read(values);
  }
}

/** A leaf that is trained: its gradient outlives the step, as `.grad` does in PyTorch. */
export interface TrainedLeaf extends Tensor {
  /** Where the gradient goes, and whether it holds one already, to which the next is added. */
  gradient: { readonly storage: Storage; filled: boolean } | undefined;
}

/** One application of a differentiable operation, as `apply` takes it. */
export interface Application {
  /** Its name in errors. */
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly shape: readonly number[];
  /** How the result is stored. Given by operations that take f16; the others refuse it and give f32. */
  readonly dtype?: Dtype;
  /** For whoever looks at operations (gpu/part.ts): the window that goes over the first input, and whether ReLU comes last. */
  readonly window?: Window | undefined;
  readonly relu?: boolean;
  /** Computes the result into `y`. */
  forward(y: Storage): void;
  /**
   * Computes the gradient of each input for which there is a storage in `gradients` (in the order of the inputs), given
   * `dy`, that of the result. Must write all of it. `isSeed` says that dy is the 1 which `backward` begins with, for
   * operations that need not multiply by it.
   */
  backward(dy: Storage, gradients: readonly (Storage | undefined)[], isSeed: boolean): void;
}

/** A step of the tape. */
export interface Node {
  readonly output: Tensor;
  readonly inputs: readonly Tensor[];
  /** Undefined for a view: its input's gradient is the result's, element for element. */
  readonly application: Application | undefined;
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

/**
 * Runs an operation now, and puts it on the tape if any of its inputs needs a gradient. This is how to record an operation
 * of your own, too: docs/extending.md makes one from its kernel on. Throws `RangeError` for f16 where the operation does not
 * take it, and where an input needs a gradient: those are computed in f32 alone.
 *
 * ```ts
 * import * as kernels from 'graft/kernels';
 *
 * // y = 2x, and its gradient 2·dy, from a kernel that is there.
 * const double = (x: Tensor): Tensor =>
 *   apply(gpu, {
 *     op: 'double',
 *     inputs: [x],
 *     shape: x.shape,
 *     forward: (y) => kernels.add(gpu, { a: x.storage, b: x.storage, y }, x.size),
 *     backward: (dy, [dx]) => dx && kernels.add(gpu, { a: dy, b: dy, y: dx }, x.size),
 *   });
 * await double(new Tensor(gpu, [3], gpu.upload(Float32Array.of(1, 2, 3)))).read(); // → [2, 4, 6]
 * ```
 */
export function apply(gpu: Gpu, application: Application): Tensor {
  const { op, inputs, shape, dtype } = application;
  if (dtype === undefined) refuseHalf(op, inputs);
  const requiresGrad = needsGradient(op, inputs, dtype);
  const storage = gpu.temporary(sizeOf(shape) * bytesOf(dtype ?? 'f32'), 'activation');
  const output = new Tensor(gpu, shape, storage, requiresGrad, dtype);
  const from = gpu.recorded;
  application.forward(storage);
  gpu.onPart?.({ pass: 'forward', application, output, onTape: requiresGrad }, from, gpu.recorded);
  if (requiresGrad) output.node = { output, inputs, application };
  return output;
}

/** x's own memory under another shape of the same size, and on the tape like any result. */
export function view(op: string, x: Tensor, shape: readonly number[]): Tensor {
  const { gpu, storage, dtype } = x;
  const output = new Tensor(gpu, shape, storage, needsGradient(op, [x], dtype), dtype);
  if (output.requiresGrad) output.node = { output, inputs: [x], application: undefined };
  return output;
}

/** Whether a result is put on the tape. Throws `RangeError` if it would be, but is stored in f16 or comes from there. */
function needsGradient(op: string, inputs: readonly Tensor[], dtype: Dtype | undefined): boolean {
  const needed = inputs.some((input) => input.requiresGrad);
  if (needed && (dtype === 'f16' || inputs.some(isHalf)))
    throw new RangeError(
      `${op}: there are no gradients in f16: freeze what it is computed from, or stay in f32.`,
    );
  return needed;
}

const isHalf = ({ dtype }: Tensor): boolean => dtype === 'f16';

/** Throws `RangeError` if one of the inputs is stored in f16. */
export function refuseHalf(op: string, inputs: readonly Tensor[]): void {
  const half = inputs.find(isHalf);
  if (half)
    throw new RangeError(
      `${op} takes f32 alone, and a tensor [${half.shape.join(', ')}] is stored in f16: cast it.`,
    );
}
