/** The fully connected layer, with the weight as PyTorch stores it: [outFeatures, inFeatures]. */
import { rowOfWorkgroups, type Gpu, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { given } from '../optional.ts';
import * as byConvolution from './as-convolution.ts';
import { biasGradient } from './bias.ts';
import { BLOCK, plainMatmul, THREADS } from './matmul-plain.wgsl.ts';
import { matmulKernel, TILE, type Layout, type Order } from './matmul.wgsl.ts';
import type { LinearShape } from './shape.ts';

export { addBias, biasGradient } from './bias.ts';
export type { LinearShape } from './shape.ts';

/** How products are computed: by tiles in workgroup memory, by a short kernel without, or by conv2d's kernels. */
export type LinearVariant = 'tiled' | 'plain' | 'convolution';

/**
 * The variant that suits an adapter and a shape. On a CPU conv2d's kernels are up to four times as fast as the short one for a
 * head of a thousand classes, but take longer to compile, and are no faster for a few (docs/decisions.md).
 */
function linearVariant(gpu: Gpu, { n, inFeatures, outFeatures }: LinearShape): LinearVariant {
  if (!gpu.software) return 'tiled';
  const isLarge = n >= 8 && inFeatures >= 64 && outFeatures >= 256;
  return isLarge && gpu.subgroupSize !== null ? 'convolution' : 'plain';
}

/**
 * y = x·weightᵀ [+ bias], with x [n, inFeatures], weight [outFeatures, inFeatures], bias [outFeatures] and
 * y [n, outFeatures]. The adapter and the shape decide the variant where none is given. Throws `RangeError` for sizes that do
 * not fit, `GpuError` where a tensor exceeds a binding.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(1, 2));
 * const weight = gpu.upload(Float32Array.of(1, 0, 3, 4)); // a row for each of two outputs
 * const bias = gpu.upload(Float32Array.of(0, 100));
 * const y = gpu.temporary(2 * 4);
 * linearForward(gpu, { x, weight, bias, y }, { n: 1, inFeatures: 2, outFeatures: 2 });
 * await gpu.read(y); // → [1, 111]
 * ```
 */
export function linearForward(
  gpu: Gpu,
  storages: {
    readonly x: Storage;
    readonly weight: Storage;
    readonly bias?: Storage | undefined;
    readonly y: Storage;
  },
  shape: LinearShape,
  variant = linearVariant(gpu, shape),
): void {
  const { x, weight, bias, y } = storages;
  check('linearForward', { x, weight, bias, y }, shape);
  if (variant === 'convolution') return byConvolution.forward(gpu, storages, shape);
  const { n, inFeatures, outFeatures } = shape;
  matmul(gpu, variant, ['inner', 'inner'], { a: x, b: weight, bias, c: y }, [n, outFeatures, inFeatures]);
}

/**
 * Of the gradients dx = dy·weight, dWeight = dyᵀ·x and dBias = Σn dy those that are asked for; x is needed for
 * dWeight alone, weight for dx alone. Throws as `linearForward` does, and `RangeError` where one of these is missing.
 *
 * ```ts
 * const dy = gpu.upload(Float32Array.of(1, 10));
 * const x = gpu.upload(Float32Array.of(1, 2));
 * const weight = gpu.upload(Float32Array.of(1, 0, 3, 4));
 * const [dx, dWeight] = [gpu.temporary(2 * 4), gpu.temporary(4 * 4)];
 * const [toInput, toWeight] = await gpu.scope(() => {
 *   linearBackward(gpu, { dy, x, weight, dx, dWeight }, { n: 1, inFeatures: 2, outFeatures: 2 });
 *   return Promise.all([gpu.read(dx), gpu.read(dWeight)]);
 * });
 * toInput; // → [31, 40]
 * toWeight; // → [1, 2, 10, 20]
 * ```
 */
export function linearBackward(
  gpu: Gpu,
  storages: {
    readonly dy: Storage;
    readonly x?: Storage | undefined;
    readonly weight?: Storage | undefined;
    readonly dx?: Storage | undefined;
    readonly dWeight?: Storage | undefined;
    readonly dBias?: Storage | undefined;
  },
  shape: LinearShape,
  variant = linearVariant(gpu, shape),
): void {
  const { dy, x, weight, dx, dWeight, dBias } = storages;
  const op = 'linearBackward';
  check(op, { y: dy, x, weight }, shape);
  check(op, { x: dx, weight: dWeight, bias: dBias }, shape);
  const { n, inFeatures, outFeatures } = shape;
  if (dx) {
    if (!weight) throw new RangeError(`${op}: dx was asked for without the weight.`);
    if (variant === 'convolution') byConvolution.backwardInput(gpu, { dy, weight, dx }, shape);
    else matmul(gpu, variant, ['inner', 'outer'], { a: dy, b: weight, c: dx }, [n, inFeatures, outFeatures]);
  }
  if (dWeight) {
    if (!x) throw new RangeError(`${op}: dWeight was asked for without x.`);
    if (variant === 'convolution') byConvolution.backwardWeight(gpu, { dy, x, dWeight }, shape);
    else matmul(gpu, variant, ['outer', 'outer'], { a: dy, b: x, c: dWeight }, [outFeatures, inFeatures, n]);
  }
  if (dBias) biasGradient(gpu, { dy, dBias }, { rows: n, columns: outFeatures });
}

function matmul(
  gpu: Gpu,
  variant: 'tiled' | 'plain',
  [aOrder, bOrder]: readonly [Order, Order],
  storages: {
    readonly a: Storage;
    readonly b: Storage;
    readonly bias?: Storage | undefined;
    readonly c: Storage;
  },
  [rows, columns, depth]: readonly [number, number, number],
): void {
  const sizes = { rows, columns, depth };
  const hasBias = storages.bias !== undefined;
  if (variant === 'plain') {
    const [aRowStep, aInnerStep] = aOrder === 'inner' ? [depth, 1] : [1, rows];
    const [bColumnStep, bInnerStep] = bOrder === 'inner' ? [depth, 1] : [1, columns];
    const params = { ...sizes, aRowStep, aInnerStep, bInnerStep, bColumnStep };
    const blocks = Math.ceil(rows / BLOCK) * Math.ceil(columns / BLOCK);
    gpu.run(plainMatmul(hasBias), given(storages), params, rowOfWorkgroups(Math.ceil(blocks / THREADS)));
  } else {
    const layout = (order: Order, outer: number): Layout =>
      (order === 'inner' ? depth : outer) % 4 === 0 ? `${order} vec4` : order;
    const kernel = matmulKernel(layout(aOrder, rows), layout(bOrder, columns), hasBias);
    gpu.run(kernel, given(storages), sizes, [Math.ceil(columns / TILE), Math.ceil(rows / TILE)]);
  }
}

/** Checks storages by the role that their size goes by. */
function check(
  op: string,
  { x, weight, bias, y }: Readonly<Partial<Record<'x' | 'weight' | 'bias' | 'y', Storage | undefined>>>,
  { n, inFeatures, outFeatures }: LinearShape,
): void {
  checkSizes(op, { n, inFeatures, outFeatures });
  checkStorages(op, {
    x: [x, n * inFeatures],
    weight: [weight, outFeatures * inFeatures],
    bias: [bias, outFeatures],
    y: [y, n * outFeatures],
  });
}
