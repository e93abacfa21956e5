/** The tiled kernels as algorithms, one per tile; backward-weight.ts has those of the weight's gradient. */
import type { BackwardDataAlgorithm, Conv2dAlgorithm, ForwardAlgorithm } from '../algorithm.ts';
import { backwardDataParts, epilogueOf, forwardParts } from '../batch-parts.ts';
import { isVectorised, vectorsOf } from '../shape.ts';
import { tiledBackwardData } from './backward-data.wgsl.ts';
import { tiledForward } from './forward.wgsl.ts';
import { tiles, type TileName } from './tile.wgsl.ts';

export const kind = { family: 'tiled', products: 'tiles' } as const;

/** One per tile, in the order of `tiles`. */
export const perTile = <A>(make: (name: TileName) => A): Readonly<Record<TileName, A>> => ({
  '32×32': make('32×32'),
  '64×64': make('64×64'),
  '128×64': make('128×64'),
});

/**
 * Channel counts that are no multiple of four go with the smallest tile alone: element-wise access multiplies the code of a
 * tile, and its compile time.
 */
export const suits =
  (name: TileName): Conv2dAlgorithm<unknown>['suits'] =>
  (_gpu, shape) =>
    isVectorised(shape) || (name === '32×32' && shape.dtype !== 'f16');

export const forward = perTile<ForwardAlgorithm>((name) => ({
  ...kind,
  name: `tiled ${name}`,
  suits: suits(name),
  run(gpu, storages, shape) {
    const { m, n } = tiles[name];
    const { dtype = 'f32' } = shape;
    const kernel = tiledForward(name, ...vectorsOf(shape), epilogueOf(storages.norm), dtype);
    for (const { count, bindings, params } of forwardParts(gpu, storages, shape, m))
      gpu.run(kernel, bindings, params, [Math.ceil(count / m), Math.ceil(shape.k / n)]);
  },
}));

export const backwardData = perTile<BackwardDataAlgorithm>((name) => ({
  ...kind,
  name: `tiled ${name}`,
  suits: suits(name),
  run(gpu, storages, shape) {
    const { m, n } = tiles[name];
    const { c, stride } = shape;
    const kernel = tiledBackwardData(name, stride, ...vectorsOf(shape));
    for (const { count, bindings, params } of backwardDataParts(gpu, storages, shape, m))
      gpu.run(kernel, bindings, params, [Math.ceil(count / m), Math.ceil(c / n), stride * stride]);
  },
}));
