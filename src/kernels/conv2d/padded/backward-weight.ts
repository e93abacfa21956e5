/** The weight's gradient of images whose channels are no multiple of four, as algorithms.ts has the way forward. */
import type { BackwardWeightStorages } from '../algorithm.ts';
import * as subgroup from '../subgroup/backward-weight.ts';
import * as tiled from '../tiled/backward-weight.ts';
import { copyGroups, named, paddedShape, regrouped, suits, type PaddedAlgorithm } from './algorithms.ts';

/** Of the algorithms those that padding makes usable. */
export const paddedBackwardWeight: readonly PaddedAlgorithm<BackwardWeightStorages>[] = [
  tiled.backwardWeight['32×32'],
  tiled.backwardWeight['64×64'],
  ...Object.values(subgroup.backwardWeight),
].map((inner) => ({
  ...named(inner),
  inner,
  suits: suits(inner),
  run(gpu, { x, dy, dWeight }, shape) {
    const { n, h, w, c, k, r, s } = shape;
    const whole = paddedShape(shape);
    const gradient = gpu.temporary(r * s * whole.c * k * 4, 'padded weight gradient');
    inner.run(gpu, { x: regrouped(gpu, x, n * h * w, c, whole.c, 'f32'), dy, dWeight: gradient }, whole);
    copyGroups(gpu, gradient, dWeight, { groups: r * s, given: whole.c * k, wanted: c * k }, 'f32');
  },
}));
