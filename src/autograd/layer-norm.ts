/** Layer normalisation (Ba, Kiros and Hinton 2016). */
import { layerNormBackward, layerNormForward } from '../kernels/layer-norm/index.ts';
import { apply, sizeOf, type Tensor } from './tensor.ts';

/** Of `layerNorm`. */
export interface LayerNormOptions {
  /** The last axes, over which mean and variance are taken together. */
  readonly normalizedShape: readonly number[];
  /** Of the normalized shape, both or none. */
  readonly weight?: Tensor | undefined;
  readonly bias?: Tensor | undefined;
  readonly eps: number;
}

/**
 * y = (x − mean) / √(variance + eps) · weight + bias, as torch.nn.functional.layer_norm. Throws `RangeError` where x does not end in
 * the normalized shape, or weight and bias are not of it.
 *
 * ```ts
 * const x = new Tensor(gpu, [2, 2], gpu.upload(Float32Array.of(100, 300, -7000, -5000)));
 * await layerNorm(x, { normalizedShape: [2], eps: 1e-5 }).read(); // → [-1, 1, -1, 1]
 * ```
 */
export function layerNorm(x: Tensor, { normalizedShape, weight, bias, eps }: LayerNormOptions): Tensor {
  const { gpu } = x;
  const wanted = `the normalized shape [${normalizedShape.join(', ')}]`;
  const ending = x.shape.slice(x.shape.length - normalizedShape.length);
  if (normalizedShape.length === 0 || ending.join() !== normalizedShape.join())
    throw new RangeError(`layerNorm: x [${x.shape.join(', ')}] does not end in ${wanted}.`);
  const wrong = [weight, bias].find((one) => one && one.shape.join() !== normalizedShape.join());
  if (wrong)
    throw new RangeError(`layerNorm: a weight or bias [${wrong.shape.join(', ')}] is not of ${wanted}.`);
  const length = sizeOf(normalizedShape);
  const shape = { rows: x.size / length, length };
  const mean = gpu.temporary(shape.rows * 4, 'mean');
  const invStd = gpu.temporary(shape.rows * 4, 'invStd');
  const given = { x: x.storage, mean, invStd, weight: weight?.storage };
  return apply(gpu, {
    op: 'layerNorm',
    inputs: [x, ...(weight ? [weight] : []), ...(bias ? [bias] : [])],
    shape: x.shape,
    forward: (y) => layerNormForward(gpu, { ...given, bias: bias?.storage, y }, shape, { eps }),
    backward: (dy, [dx, dWeight, dBias]) =>
      layerNormBackward(gpu, { ...given, dy, dx, dWeight, dBias }, shape),
  });
}
