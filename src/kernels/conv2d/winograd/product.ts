/** The two ways to multiply a batch of matrices: tiles for GPUs, subgroup broadcasts for software adapters. */
import type { Gpu, Grid, Kernel } from '../../../gpu/index.ts';
import { BUSY_WORKGROUPS, tiles } from '../tiled/tile.wgsl.ts';
import type { Product, ProductShape, ProductStorages } from './convolve.ts';
import {
  subgroupColumns,
  subgroupPlain,
  subgroupTransposed,
  tiledProductKernel,
  type Left,
} from './product.wgsl.ts';

export const tiledProduct: Product = {
  plain: (gpu, storages, shape) => runTiled(gpu, 'plain', storages, shape),
  transposed: (gpu, storages, shape) => runTiled(gpu, 'transposed', storages, shape),
};

export const subgroupProduct: Product = {
  plain(gpu, storages, shape) {
    const lanes = gpu.subgroupSize ?? 0; // suitsSubgroups has seen it
    // As many rows per lane as there are, up to four: small batches of small images have few tiles.
    const rows = shape.rows > 2 * lanes ? 4 : shape.rows > lanes ? 2 : 1;
    run(gpu, subgroupPlain(lanes, rows), storages, shape, [lanes * rows, subgroupColumns(lanes)]);
  },
  transposed(gpu, storages, shape) {
    const lanes = gpu.subgroupSize ?? 0;
    // Eight lanes and more share a load of 32 columns, four each; four lanes, as SwiftShader has, one of 16.
    const width = lanes < 8 || shape.columns < 32 ? subgroupColumns(lanes) : 32;
    run(gpu, subgroupTransposed(lanes, width), storages, shape, [lanes * 4, width]);
  },
};

/** Whether the subgroups of an adapter share loads as these kernels do. */
export const suitsSubgroups = ({ subgroupSize }: Gpu): boolean =>
  subgroupSize !== null && [4, 8, 16].includes(subgroupSize);

function runTiled(gpu: Gpu, left: Left, storages: ProductStorages, shape: ProductShape): void {
  const { rows, columns, positions } = shape;
  const large = tiles['64×64'];
  const busy = Math.ceil(rows / large.m) * Math.ceil(columns / large.n) * positions >= BUSY_WORKGROUPS;
  const name = busy ? '64×64' : '32×32';
  const { m, n, depth } = tiles[name];
  run(gpu, tiledProductKernel(name, left, shape.inner % depth === 0), storages, shape, [m, n]);
}

function run(
  gpu: Gpu,
  kernel: Kernel<'a' | 'b' | 'c', Exclude<keyof ProductShape, 'positions'>>,
  storages: ProductStorages,
  shape: ProductShape,
  [rows, columns]: readonly [number, number],
): void {
  const grid: Grid = [Math.ceil(shape.rows / rows), Math.ceil(shape.columns / columns), shape.positions];
  gpu.run(kernel, storages, shape, grid); // of which it takes its parameters
}
