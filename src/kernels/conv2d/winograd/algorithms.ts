/**
 * Winograd convolution as algorithms (Lavin and Gray 2015, arXiv:1509.09308): 3×3, stride 1, channels in multiples of
 * four, all three passes. Images and weights are transformed tile by tile, multiplied as a batch of (m + 2)² matrix
 * products and transformed back, which takes 9m²/(m + 2)² times fewer multiplications than the sums that it equals but for
 * rounding: 2.25 times for m = 2, 4 times for m = 4. Named by the tile of outputs and by how the products are computed.
 */
import type { Gpu } from '../../../gpu/index.ts';
import type {
  BackwardDataStorages,
  BackwardWeightStorages,
  Conv2dAlgorithm,
  ForwardStorages,
  Products,
} from '../algorithm.ts';
import type { Conv2dShape } from '../shape.ts';
import type { TileSize } from './matrices.ts';
import { winogradBackwardData, winogradBackwardWeight, winogradForward, type Product } from './convolve.ts';
import { subgroupProduct, suitsSubgroups, tiledProduct } from './product.ts';
import { suitsWinograd } from './tiling.ts';

/**
 * Rounding errors, in those of a direct sum: by root mean square twice as large for m = 4 (8e-7 of the outputs' where a direct
 * sum over 64 channels has 4e-7), the worst of millions of elements up to three times; no larger for m = 2.
 */
const ERROR_GROWTH = { 4: 3, 2: 1 } as const;

/** By the side of the tile of outputs, and by how the products are computed. */
export type WinogradAlgorithms<S> = Readonly<
  Record<TileSize, Readonly<Record<Products, Conv2dAlgorithm<S>>>>
>;

type Run<S> = (gpu: Gpu, storages: S, shape: Conv2dShape, m: TileSize, product: Product) => void;

export const forward = /* @__PURE__ */ algorithms<ForwardStorages>(winogradForward);
export const backwardData = /* @__PURE__ */ algorithms<BackwardDataStorages>(winogradBackwardData);
export const backwardWeight = /* @__PURE__ */ algorithms<BackwardWeightStorages>(winogradBackwardWeight);

/** All algorithms of a pass, the larger tiles first. */
export const listOf = <S>(algorithms: WinogradAlgorithms<S>): readonly Conv2dAlgorithm<S>[] =>
  [algorithms[4], algorithms[2]].flatMap(({ tiles, broadcasts }) => [tiles, broadcasts]);

function algorithms<S>(run: Run<S>): WinogradAlgorithms<S> {
  const ofTile = (m: TileSize) => ({
    tiles: algorithm(m, 'tiles', run),
    broadcasts: algorithm(m, 'broadcasts', run),
  });
  return { 4: ofTile(4), 2: ofTile(2) };
}

function algorithm<S>(m: TileSize, products: Products, run: Run<S>): Conv2dAlgorithm<S> {
  const { word, product } = {
    tiles: { word: 'tiled', product: tiledProduct },
    broadcasts: { word: 'subgroup', product: subgroupProduct },
  }[products];
  return {
    family: 'winograd',
    products,
    name: `winograd ${m}×${m} ${word}`,
    errorGrowth: ERROR_GROWTH[m],
    suits: (gpu, shape) => (products === 'tiles' || suitsSubgroups(gpu)) && suitsWinograd(gpu, shape, m),
    run: (gpu, storages, shape) => run(gpu, storages, shape, m, product),
  };
}
