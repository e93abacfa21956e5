/**
 * Convolutions of images whose channels are no multiple of four, such as the three of a photo in a network's stem: the images
 * and weights get channels of zeros up to the next multiple, and the kernels that read vec4s do the rest. A third more
 * arithmetic for c = 3, but a quarter of the loads; the copy is small beside either.
 */
import { rowOfWorkgroups, type Gpu, type Storage } from '../../../gpu/index.ts';
import type { Conv2dAlgorithm, ForwardStorages } from '../algorithm.ts';
import { bytesOf, type Dtype } from '../../dtype.ts';
import type { Conv2dShape } from '../shape.ts';
import * as subgroup from '../subgroup/algorithms.ts';
import * as tiled from '../tiled/algorithms.ts';
import { regroup, THREADS } from './regroup.wgsl.ts';

/** An algorithm that fills channels up and leaves the rest to `inner`. */
export interface PaddedAlgorithm<S> extends Conv2dAlgorithm<S> {
  readonly inner: Conv2dAlgorithm<S>;
}

/** The shape with channels filled up to a multiple of four. */
export const paddedShape = (shape: Conv2dShape): Conv2dShape => ({ ...shape, c: Math.ceil(shape.c / 4) * 4 });

/** Less than three channels of four would waste more than they save. */
export const suits =
  (inner: Conv2dAlgorithm<never>): Conv2dAlgorithm<unknown>['suits'] =>
  (gpu, shape) => {
    const whole = paddedShape(shape);
    const { n, h, w, c, k, r, s, dtype = 'f32' } = whole;
    const bytes = Math.max(n * h * w * c, r * s * c * k) * bytesOf(dtype);
    const worthwhile = shape.c < c && shape.c / c >= 0.75 && k % 4 === 0;
    return worthwhile && bytes <= gpu.maxBindingBytes && inner.suits(gpu, whole);
  };

export const named = (inner: Conv2dAlgorithm<never>) =>
  ({ family: 'padded', products: inner.products, name: `padded, ${inner.name}` }) as const;

/** Of the forward algorithms those that padding makes usable. */
export const paddedForward: readonly PaddedAlgorithm<ForwardStorages>[] = [
  tiled.forward['32×32'],
  tiled.forward['64×64'],
  subgroup.forward['4×16'],
].map((inner) => ({
  ...named(inner),
  inner,
  suits: suits(inner),
  run(gpu, { x, weight, ...others }, shape) {
    const { n, h, w, c, k, r, s, dtype = 'f32' } = shape;
    const whole = paddedShape(shape);
    inner.run(
      gpu,
      {
        x: regrouped(gpu, x, n * h * w, c, whole.c, dtype),
        weight: regrouped(gpu, weight, r * s, c * k, whole.c * k, dtype),
        ...others,
      },
      whole,
    );
  },
}));

/** Temporary memory with `groups` groups of `wanted` elements; x gives the first `given` of each. */
export function regrouped(
  gpu: Gpu,
  x: Storage,
  groups: number,
  given: number,
  wanted: number,
  dtype: Dtype,
): Storage {
  const y = gpu.temporary(groups * wanted * bytesOf(dtype), 'padded');
  copyGroups(gpu, x, y, { groups, given, wanted }, dtype);
  return y;
}

export function copyGroups(
  gpu: Gpu,
  x: Storage,
  y: Storage,
  { groups, ...lengths }: { readonly groups: number; readonly given: number; readonly wanted: number },
  dtype: Dtype,
): void {
  const count = groups * lengths.wanted;
  gpu.run(regroup(dtype), { x, y }, { ...lengths, count }, rowOfWorkgroups(Math.ceil(count / THREADS)));
}
