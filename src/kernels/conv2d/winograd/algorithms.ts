/**
 * Winograd convolution as algorithms (Lavin and Gray 2015, arXiv:1509.09308): 3×3, stride 1, channels in multiples of
 * four, all three passes. Images and weights are transformed tile by tile, multiplied as a batch of (m + 2)² matrix
 * products and transformed back, which takes 9m²/(m + 2)² times fewer multiplications than the sums that it equals but for
 * rounding: 2.25 times for m = 2, 4 times for m = 4. Named by the tile of outputs and by how the products are computed.
 */
import type { Gpu } from '../../../gpu/index.ts';
import type {
  BackwardDataAlgorithm,
  BackwardWeightAlgorithm,
  Conv2dAlgorithm,
  ForwardAlgorithm,
} from '../algorithm.ts';
import type { Conv2dShape } from '../shape.ts';
import type { TileSize } from './matrices.ts';
import { winogradBackwardData, winogradBackwardWeight, winogradForward, type Product } from './passes.ts';
import { subgroupProduct, suitsSubgroups, tiledProduct } from './product.ts';
import { suitsWinograd } from './tiling.ts';

/**
 * Rounding errors, in those of a direct sum: by root mean square twice as large for m = 4 (8e-7 of the outputs' where a direct
 * sum over 64 channels has 4e-7), the worst of millions of elements up to three times; no larger for m = 2.
 */
const ERROR_GROWTH = { 4: 3, 2: 1 } as const;

interface Variant {
  readonly m: TileSize;
  readonly family: 'tiled' | 'subgroup';
  readonly product: Product;
}

const variants: readonly Variant[] = ([4, 2] as const).flatMap((m) => [
  { m, family: 'tiled', product: tiledProduct },
  { m, family: 'subgroup', product: subgroupProduct },
]);

export const winogradName = (m: TileSize, family: 'tiled' | 'subgroup'): string =>
  `winograd ${m}×${m} ${family}`;

const algorithms = <S>(
  run: (gpu: Gpu, storages: S, shape: Conv2dShape, m: TileSize, product: Product) => void,
): readonly Conv2dAlgorithm<S>[] =>
  variants.map(({ m, family, product }) => ({
    name: winogradName(m, family),
    errorGrowth: ERROR_GROWTH[m],
    suits: (gpu, shape) => (family === 'tiled' || suitsSubgroups(gpu)) && suitsWinograd(gpu, shape, m),
    run: (gpu, storages, shape) => run(gpu, storages, shape, m, product),
  }));

export const forwardAlgorithms: readonly ForwardAlgorithm[] = algorithms(winogradForward);
export const backwardDataAlgorithms: readonly BackwardDataAlgorithm[] = algorithms(winogradBackwardData);
export const backwardWeightAlgorithms: readonly BackwardWeightAlgorithm[] =
  algorithms(winogradBackwardWeight);
