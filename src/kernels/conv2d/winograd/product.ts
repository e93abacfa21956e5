/** The two ways to multiply a batch of matrices: tiles for GPUs, subgroup broadcasts for software adapters. */
import type { Gpu, Grid } from '../../../gpu/index.ts';
import { BUSY_WORKGROUPS, tiles } from '../tiled/tile.wgsl.ts';
import type { Product, ProductShape, ProductStorages } from './convolve.ts';
import { NARROW } from '../subgroup/multiply.wgsl.ts';
import { subgroupProductKernel, tiledProductKernel, type Left } from './product.wgsl.ts';
import { pitchOf } from './tiling.ts';

export const tiledProduct: Product = {
  inputs: 'by tile',
  plain: (gpu, storages, shape) => runTiled(gpu, 'plain', storages, shape),
  transposed: (gpu, storages, shape) => runTiled(gpu, 'transposed', storages, shape),
};

export const subgroupProduct: Product = {
  inputs: 'by channel',
  plain: (gpu, storages, shape) =>
    runSubgroup(gpu, storages, shape, {
      aPitch: pitchOf(shape.rows),
      aFirst: 0,
      cPitch: shape.whole,
      cFirst: shape.first,
    }),
  transposed: (gpu, storages, shape) =>
    runSubgroup(gpu, storages, shape, {
      aPitch: shape.whole,
      aFirst: shape.first,
      cPitch: shape.columns,
      cFirst: 0,
    }),
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
  const grid: Grid = [Math.ceil(rows / m), Math.ceil(columns / n), positions];
  gpu.run(tiledProductKernel(name, left, shape.inner % depth === 0), storages, shape, grid); // of which it takes its parameters
}

function runSubgroup(
  gpu: Gpu,
  storages: ProductStorages,
  { rows, columns, inner, positions }: ProductShape,
  places: {
    readonly aPitch: number;
    readonly aFirst: number;
    readonly cPitch: number;
    readonly cFirst: number;
  },
): void {
  const lanes = gpu.subgroupSize ?? 0; // suitsSubgroups has seen it
  // As many rows per lane as there are, up to four: small batches of small images have few tiles.
  const own = rows > 2 * lanes ? 4 : rows > lanes ? 2 : 1;
  // Eight lanes and more share loads of 64 columns, as many as their sums bear; four lanes, as SwiftShader has, one of 16.
  const width = [64, 32].find((width) => lanes >= 8 && columns % width === 0) ?? NARROW;
  const grid: Grid = [Math.ceil(rows / (lanes * own)), Math.ceil(columns / width), positions];
  gpu.run(subgroupProductKernel(lanes, own, width), storages, { rows, columns, inner, ...places }, grid);
}
