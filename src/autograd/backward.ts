/**
 * Backward over the tape, from a loss or any other result to the leaves. Whoever imports this brings along the kernels that only a
 * backward pass runs (gradients.ts).
 */
import type { Storage } from '../gpu/index.ts';
import { avgPoolBackward } from '../kernels/avg-pool/index.ts';
import { batchNormBackward } from '../kernels/batch-norm/index.ts';
import { conv2dBackwardData, conv2dBackwardWeight } from '../kernels/conv2d/index.ts';
import { accumulate } from '../kernels/elementwise/index.ts';
import { linearBackward } from '../kernels/linear/index.ts';
import { maxPoolBackward } from '../kernels/max-pool/index.ts';
import { gradients as kernels, type GradientKernels } from './gradients.ts';
import { Tensor, type Node, type TrainedLeaf } from './tensor.ts';

Object.assign(kernels, {
  ...{ avgPoolBackward, batchNormBackward, conv2dBackwardData, conv2dBackwardWeight },
  ...{ linearBackward, maxPoolBackward },
} satisfies GradientKernels);

/**
 * Computes the gradient of a scalar loss with respect to every trained leaf that it depends on; gradients add up over
 * calls until the optimizer clears them. Call it in the scope that computed the loss. Throws `Error` if the loss
 * depends on nothing that is trained.
 *
 * ```ts
 * const slope = new Parameter(gpu, [1]);
 * slope.load({ shape: [1], data: Float32Array.of(3) });
 * const square = mul(slope, slope); // a scalar is a loss like any other
 * backward(square);
 * await slope.readGradient(); // → [6]
 * ```
 */
export function backward(loss: Tensor): void {
  if (loss.size !== 1)
    throw new RangeError(`backward() starts from a scalar loss, not from shape [${loss.shape.join(', ')}].`);
  if (!loss.node) throw new Error('backward(): the loss depends on no parameter whose requiresGrad is true.');
  const one = loss.gpu.upload(Float32Array.of(1), 'gradient of the loss');
  walk(inReverse(loss), {
    gradients: new Map([[loss, one]]),
    isWanted: ({ requiresGrad }) => requiresGrad,
    keeps: isTrainedLeaf,
    seed: loss,
  });
}

/**
 * The gradient of Σ `seed` · `y` with respect to `x`, from which y was computed: torch.autograd.grad(y, x, seed). Nothing else
 * gets one: what parameters have of a training step stays as it is. Call it in the scope that computed y. Throws `RangeError` where
 * seed's shape is not that of y or y does not depend on x, whose `requiresGrad` must have been true.
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(1, 2, 3)), true);
 * const seed = new Tensor(gpu, [3], gpu.upload(Float32Array.of(1, 0, 10)));
 * await gpu.scope(() => gradientOf(mul(x, x), x, seed).read()); // → [2, 0, 60]
 * ```
 */
export function gradientOf(y: Tensor, x: Tensor, seed: Tensor): Tensor {
  if (seed.shape.join() !== y.shape.join())
    throw new RangeError(`gradientOf: [${seed.shape.join(', ')}] cannot weigh [${y.shape.join(', ')}].`);
  const order = inReverse(y);
  const leading = new Set([x]);
  for (const { inputs, output } of [...order].reverse())
    if (output !== x && inputs.some((input) => leading.has(input))) leading.add(output);
  if (y === x || !leading.has(y)) throw new RangeError('gradientOf: y does not depend on x.');
  const gradients = new Map([[y, seed.storage]]);
  const isWanted = (tensor: Tensor) => leading.has(tensor);
  walk(
    order.filter(({ output }) => output !== x && isWanted(output)),
    { gradients, isWanted, keeps: keepsNone },
  );
  const gradient = gradients.get(x);
  if (!gradient) throw new RangeError('gradientOf: y does not depend on x.');
  return new Tensor(x.gpu, x.shape, gradient);
}

/** One way back over the tape. */
interface Walk {
  /** What is known, and not yet handed on. */
  readonly gradients: Map<Tensor, Storage>;
  /** Whether a tensor's gradient is asked for, or leads to one that is. */
  isWanted(tensor: Tensor): boolean;
  /** Whether a tensor keeps its gradient itself. */
  keeps(tensor: Tensor): tensor is TrainedLeaf;
  /** The scalar whose gradient is 1. */
  readonly seed?: Tensor;
}

function walk(nodes: readonly Node[], way: Walk): void {
  const { gradients, seed } = way;
  for (const { output, inputs, application } of nodes) {
    const dy = gradients.get(output);
    if (!dy) continue;
    gradients.delete(output);
    if (!application) {
      for (const input of inputs) if (way.isWanted(input)) handOver(dy, input, way);
      continue;
    }
    const { gpu } = output;
    // A tensor with several consumers: the later gradients go to a place of their own and are added to the first.
    const additions: { from: Storage; to: Storage; count: number }[] = [];
    const wanted = inputs.map((input) => {
      if (!way.isWanted(input)) return undefined;
      const { storage, filled } = destination(input, way);
      if (!filled) return storage;
      const from = gpu.temporary(input.size * 4, 'gradient');
      additions.push({ from, to: storage, count: input.size });
      return from;
    });
    const start = gpu.recorded;
    application.backward(dy, wanted, output === seed);
    for (const { from, to, count } of additions) accumulate(gpu, { x: from, y: to }, count);
    gpu.onPart?.({ pass: 'backward', application, output, onTape: true }, start, gpu.recorded);
  }
}

/** Makes `dy` the gradient of a tensor, or a part of it; nobody else needs it any more, so it is copied only if it must be. */
function handOver(dy: Storage, input: Tensor, way: Walk): void {
  if (!way.keeps(input) && !way.gradients.has(input)) {
    way.gradients.set(input, dy);
    return;
  }
  const { storage, filled } = destination(input, way);
  if (filled) accumulate(input.gpu, { x: dy, y: storage }, input.size);
  else input.gpu.copy(dy, storage);
}

/** Where the gradient of a tensor is collected, and whether something is there already. */
function destination(input: Tensor, { gradients, keeps }: Walk): { storage: Storage; filled: boolean } {
  if (keeps(input)) {
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
const keepsNone = (_: Tensor): _ is TrainedLeaf => false;

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
    for (const { node } of top.node.inputs)
      if (node && !seen.has(node)) stack.push({ node, expanded: false });
  }
  return order.reverse();
}
