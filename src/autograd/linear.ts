/** A fully connected layer. */
import { linearForward } from '../kernels/linear/index.ts';
import { gradients } from './gradients.ts';
import { apply, type Tensor } from './tensor.ts';

/**
 * y = x · weightᵀ + bias; x `[N, in]`, weight `[out, in]`, bias `[out]` → `[N, out]`, as torch.nn.functional.linear. Throws
 * `RangeError` for other shapes.
 *
 * ```ts
 * const x = new Tensor(gpu, [1, 2], gpu.upload(Float32Array.of(1, 2)));
 * const weight = new Tensor(gpu, [1, 2], gpu.upload(Float32Array.of(10, 1)));
 * const bias = new Tensor(gpu, [1], gpu.upload(Float32Array.of(100)));
 * await linear(x, weight, bias).read(); // → [112]
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const { gpu } = x;
  const [n = 0, inFeatures = 0] = x.shape;
  const [outFeatures = 0, expected = 0] = weight.shape;
  if (x.shape.length !== 2 || expected !== inFeatures || bias.size !== outFeatures) {
    throw new RangeError(
      `linear: x [${x.shape.join(', ')}], weight [${weight.shape.join(', ')}] and bias [${bias.shape.join(', ')}] do not go together.`,
    );
  }
  const shape = { n, inFeatures, outFeatures };
  return apply(gpu, {
    op: 'linear',
    inputs: [x, weight, bias],
    shape: [n, outFeatures],
    forward: (y) =>
      linearForward(gpu, { x: x.storage, weight: weight.storage, bias: bias.storage, y }, shape),
    backward: (dy, [dx, dWeight, dBias]) => {
      gradients.linearBackward(gpu, { dy, x: x.storage, weight: weight.storage, dx, dWeight, dBias }, shape);
    },
  });
}
