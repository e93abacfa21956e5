/** The tiled kernels of the weight's gradient as algorithms, one per tile, and by how far its sum is split. */
import type { BackwardWeightAlgorithm } from '../algorithm.ts';
import { runBackwardWeight } from '../batch-parts.ts';
import { outputSize, vectorsOf, type Conv2dShape } from '../shape.ts';
import { kind, perTile, suits } from './algorithms.ts';
import { tiledBackwardWeight } from './backward-weight.wgsl.ts';
import { BUSY_WORKGROUPS, tiles, type Tile, type TileName } from './tile.wgsl.ts';

/** Into how many workgroups the weight's gradient is split, where the batch has pixels enough. The first is the rule's. */
const WORKGROUPS = [2 * BUSY_WORKGROUPS, BUSY_WORKGROUPS / 2, 8 * BUSY_WORKGROUPS] as const;

/** With the sum split as the rule has it. */
export const backwardWeight = perTile((name) => backwardWeightOf(name, WORKGROUPS[0]));

/** With the sum split in each of the ways, tile by tile. */
export const backwardWeightSplits = Object.entries(backwardWeight).flatMap(([name, byRule]) => [
  byRule,
  ...WORKGROUPS.slice(1).map((workgroups) => backwardWeightOf(name as TileName, workgroups)), // its keys are tiles
]);

function backwardWeightOf(name: TileName, workgroups: number): BackwardWeightAlgorithm {
  return {
    ...kind,
    name: `tiled ${name}${workgroups === WORKGROUPS[0] ? '' : ` for ${workgroups} workgroups`}`,
    suits: suits(name),
    run(gpu, storages, shape) {
      const { oh, ow, r, s, c, k } = { ...shape, ...outputSize(shape) };
      const { m, n } = tiles[name];
      const kernel = tiledBackwardWeight(name, ...vectorsOf(shape));
      const slices = weightSlices(shape, tiles[name], workgroups);
      runBackwardWeight(gpu, storages, shape, slices, ({ count, bindings, params }) => {
        const split = { count, perSlice: Math.ceil(count / slices), perImage: 1 / (oh * ow), perRow: 1 / ow };
        const grid = [Math.ceil((s * c) / m), Math.ceil(k / n), r * slices] as const;
        gpu.run(kernel, bindings, { ...params, ...split }, grid);
      });
    },
  };
}

/** Into how many slices the sum over pixels falls: enough for `workgroups`, none of them tiny. */
function weightSlices(shape: Conv2dShape, { m, n }: Tile, workgroups: number): number {
  const { oh, ow } = outputSize(shape);
  const unsplit = Math.ceil((shape.s * shape.c) / m) * Math.ceil(shape.k / n) * shape.r;
  const most = Math.ceil((shape.n * oh * ow) / 256);
  return Math.max(1, Math.min(Math.ceil(workgroups / unsplit), most));
}
