/**
 * Which algorithm computes a pass where nothing was measured:
 *
 * - a software adapter whose subgroups have one known size of at most 16 lanes takes broadcasts, which are two to
 *   seven times as fast there as tiles, with 16 channels, but with 64 for the weight's gradient, whose sums take one product at a time
 *   (docs/decisions.md); all others take tiles;
 * - channels that are no multiple of four are filled up to one where that costs at most a third (padded/algorithms.ts);
 * - multiplying in that way, the cheapest of Winograd with tiles of 4×4 or 2×2 outputs, where these suit, and direct
 *   convolution, by operations and memory traffic (winograd/cost.ts);
 * - a direct convolution by tiles takes those of 64×64 where they are enough to keep a GPU busy (BUSY_WORKGROUPS) and all
 *   channel counts are multiples of four, else those of 32×32. Tiles of a weight's gradient count as enough where the
 *   weight fills one, since its sum over pixels is split until a GPU is busy.
 */
import type { Gpu } from '../../gpu/index.ts';
import type { Conv2dAlgorithm } from './algorithm.ts';
import { paddedShape, type PaddedAlgorithm } from './padded/algorithms.ts';
import { isVectorised, type Conv2dShape } from './shape.ts';
import { BUSY_WORKGROUPS, tiles, type TileName } from './tiled/tile.wgsl.ts';
import type { WinogradAlgorithms } from './winograd/algorithms.ts';
import { directCost, FLOPS_PER_BYTE, winogradCost } from './winograd/cost.ts';

/** What a pass offers the rule. */
export interface Offers<S> {
  /** Direct convolution for software adapters; the first that suits is taken. */
  readonly broadcasts: readonly Conv2dAlgorithm<S>[];
  /** Direct convolution for all others. */
  tiles(shape: Conv2dShape): Conv2dAlgorithm<S>;
  readonly winograd: WinogradAlgorithms<S>;
  readonly padded: readonly PaddedAlgorithm<S>[];
}

/** The rule's choice for a shape on this adapter. */
export function byRule<S>(gpu: Gpu, shape: Conv2dShape, offers: Offers<S>): Conv2dAlgorithm<S> {
  const { software, subgroupSize } = gpu;
  const isForCpu = software && subgroupSize !== null && subgroupSize <= 16;
  const broadcastsOf = (shape: Conv2dShape) =>
    isForCpu ? offers.broadcasts.find(({ suits }) => suits(gpu, shape)) : undefined;
  const directOf = (shape: Conv2dShape) => broadcastsOf(shape) ?? offers.tiles(shape);

  const whole = directOf(paddedShape(shape));
  const padded = offers.padded.find(({ inner, suits }) => inner === whole && suits(gpu, shape));
  const direct = padded ?? directOf(shape);

  const flopsPerByte = FLOPS_PER_BYTE[software ? 'software' : 'gpu'];
  let best = { algorithm: direct, cost: directCost(shape, flopsPerByte) };
  for (const m of [4, 2] as const) {
    const algorithm = offers.winograd[m][broadcastsOf(shape) ? 'broadcasts' : 'tiles'];
    const cost = winogradCost(shape, m, flopsPerByte);
    if (cost < best.cost && algorithm.suits(gpu, shape) && !gpu.without.has(algorithm.family))
      best = { algorithm, cost };
  }
  return best.algorithm;
}

/** The tile for `rows` × `columns` outputs, `depth` times. */
export function tileFor(shape: Conv2dShape, rows: number, columns: number, depth = 1): TileName {
  const { m, n } = tiles['64×64'];
  const workgroups = Math.ceil(rows / m) * Math.ceil(columns / n) * depth;
  return isVectorised(shape) && workgroups >= BUSY_WORKGROUPS ? '64×64' : '32×32';
}
