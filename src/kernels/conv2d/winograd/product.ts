/** Runs the batch of matrix products in the middle of a Winograd convolution. */
import type { Gpu, Storage } from '../../../gpu/index.ts';
import { BUSY_WORKGROUPS, largeTile, smallTile } from '../tiled/tile.wgsl.ts';
import { positionsOf, type WinogradPlan } from './index.ts';
import {
  subgroupColumns,
  subgroupProduct,
  subgroupTransposedProduct,
  tiledProduct,
  type LeftLayout,
} from './product.wgsl.ts';

/** c `[positions, rows, columns]`, summed over `inner`. */
export interface ProductShape {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/** a · b for each position, with a `[positions, rows, inner]` (`transposed`: `[positions, inner, rows]`) and b `[positions, inner, columns]`. */
export function product(
  gpu: Gpu,
  left: LeftLayout,
  a: Storage,
  b: Storage,
  shape: ProductShape,
  { m, lanes }: WinogradPlan,
): Storage {
  const { rows, columns } = shape;
  const positions = positionsOf(m);
  const c = gpu.temporary(positions * rows * columns * 4, 'winograd sums');
  const run = (kernel: ReturnType<typeof tiledProduct>, perRow: number, perColumn: number) =>
    gpu.run(kernel, { a, b, c }, shape, [Math.ceil(rows / perRow), Math.ceil(columns / perColumn), positions]);
  if (lanes === 0) {
    const large = Math.ceil(rows / largeTile.m) * Math.ceil(columns / largeTile.n) * positions >= BUSY_WORKGROUPS;
    const tile = large ? largeTile : smallTile;
    run(tiledProduct(large, left), tile.m, tile.n);
  } else if (left === 'transposed') {
    run(subgroupTransposedProduct(lanes), lanes * 4, subgroupColumns(lanes));
  } else {
    // As many rows a lane as there are, up to four: small images of small batches have few tiles.
    const own = rows > 2 * lanes ? 4 : rows > lanes ? 2 : 1;
    run(subgroupProduct(lanes, own), lanes * own, subgroupColumns(lanes));
  }
  return c;
}
