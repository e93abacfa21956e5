/**
 * Tensors and the tape. A tensor computed from others remembers how, if and only if one of those needs a gradient: so
 * the tape of a network with a frozen trunk begins where the first trained parameter comes in, nothing before it is
 * kept, and `backward` stops there. Nothing has to be switched off for evaluation: without a call of `backward` no
 * command uses an activation twice, and its memory moves on (see gpu/storage.ts).
 */
import type { Gpu, Storage } from '../gpu/index.ts';
import { cast } from '../kernels/cast/index.ts';
import { bytesOf, type Dtype } from '../kernels/dtype.ts';
import { accumulate } from '../kernels/elementwise/index.ts';

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

/** One application of a differentiable operation. */
export interface Application {
  /** Its name in errors. */
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly shape: readonly number[];
  /** How the result is stored. Given by operations that take f16; the others refuse it and give f32. */
  readonly dtype?: Dtype;
  /** Computes the result into `y`. */
  forward(y: Storage): void;
  /**
   * Computes the gradient of each input for which there is a storage in `gradients` (in the order of the inputs), given
   * `dy`, that of the result. Must write all of it.
   */
  backward(dy: Storage, gradients: readonly (Storage | undefined)[]): void;
}

interface Node {
  readonly output: Tensor;
  readonly application: Application;
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

/**
 * Runs an operation now, and puts it on the tape if any of its inputs needs a gradient. Throws `RangeError` for f16 where
 * the operation does not take it, and where an input needs a gradient: those are computed in f32 alone.
 */
export function apply(gpu: Gpu, application: Application): Tensor {
  const { op, inputs, shape, dtype } = application;
  if (dtype === undefined) refuseHalf(op, inputs);
  const requiresGrad = inputs.some((input) => input.requiresGrad);
  if (requiresGrad && (dtype === 'f16' || inputs.some(isHalf)))
    throw new RangeError(
      `${op}: there are no gradients in f16: freeze what it is computed from, or stay in f32.`,
    );
  const storage = gpu.temporary(sizeOf(shape) * bytesOf(dtype ?? 'f32'), 'activation');
  const output = new Tensor(gpu, shape, storage, requiresGrad, dtype);
  application.forward(storage);
  if (requiresGrad) output.node = { output, application };
  return output;
}

const isHalf = ({ dtype }: Tensor): boolean => dtype === 'f16';

/** Throws `RangeError` where one of the inputs is stored in f16. */
export function refuseHalf(op: string, inputs: readonly Tensor[]): void {
  const half = inputs.find(isHalf);
  if (half)
    throw new RangeError(
      `${op} takes f32 alone, and a tensor [${half.shape.join(', ')}] is stored in f16: cast it.`,
    );
}

/**
 * Computes the gradient of a scalar loss with respect to every trained leaf that it depends on; gradients add up over
 * calls until the optimizer clears them. Call it in the scope that computed the loss. Throws `Error` where the loss
 * depends on nothing that is trained.
 */
export function backward(loss: Tensor): void {
  if (loss.size !== 1)
    throw new RangeError(`backward() starts from a scalar loss, not from shape [${loss.shape.join(', ')}].`);
  if (!loss.node) throw new Error('backward(): the loss depends on no parameter whose requiresGrad is true.');
  const { gpu } = loss;
  const gradients = new Map<Tensor, Storage>([
    [loss, gpu.upload(Float32Array.of(1), 'gradient of the loss')],
  ]);
  for (const { output, application } of inReverse(loss)) {
    const dy = gradients.get(output);
    if (!dy) continue;
    gradients.delete(output);
    // A tensor with several consumers: the later gradients go to a place of their own and are added to the first.
    const additions: { from: Storage; to: Storage; count: number }[] = [];
    const wanted = application.inputs.map((input) => {
      if (!input.requiresGrad) return undefined;
      const { storage, filled } = destination(input, gradients);
      if (!filled) return storage;
      const from = gpu.temporary(input.size * 4, 'gradient');
      additions.push({ from, to: storage, count: input.size });
      return from;
    });
    application.backward(dy, wanted);
    for (const { from, to, count } of additions) accumulate(gpu, { x: from, y: to }, count);
  }
}

/** Where the gradient of a tensor is collected, and whether something is there already. */
function destination(input: Tensor, gradients: Map<Tensor, Storage>): { storage: Storage; filled: boolean } {
  if (isTrainedLeaf(input)) {
    input.gradient ??= { storage: input.gpu.persistent(input.size * 4, 'gradient'), filled: false };
    const { storage, filled } = input.gradient;
    input.gradient.filled = true;
    return { storage, filled };
  }
  const storage = gradients.get(input);
  if (storage) return { storage, filled: true };
  const fresh = input.gpu.temporary(input.size * 4, 'gradient');
  gradients.set(input, fresh);
  return { storage: fresh, filled: false };
}

const isTrainedLeaf = (tensor: Tensor): tensor is TrainedLeaf => 'gradient' in tensor;

/** The nodes that the loss depends on, each after all that consume its output. */
function inReverse(loss: Tensor): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // Depth first with a stack of its own: a network may be deeper than JavaScript's.
  const stack: { node: Node; expanded: boolean }[] = loss.node ? [{ node: loss.node, expanded: false }] : [];
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.expanded) {
      order.push(top.node);
      continue;
    }
    if (seen.has(top.node)) continue;
    seen.add(top.node);
    stack.push({ node: top.node, expanded: true });
    for (const { node } of top.node.application.inputs)
      if (node && !seen.has(node)) stack.push({ node, expanded: false });
  }
  return order.reverse();
}
