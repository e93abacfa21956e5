/**
 * Which algorithm computes a pass: the one that was measured to be the best on this adapter (tuned.ts), where it was, else by
 * a rule that needs no measurement:
 *
 * - a software adapter whose subgroups have one known size of at most 16 lanes takes the family `subgroup`, which is two to
 *   seven times as fast there as tiles, forwards with 16 channels and backwards with 32, which `graft autotune` found up to a
 *   third faster (docs/decisions.md); all others take tiles;
 * - channels that are no multiple of four are filled up to one where that costs at most a third (padded/algorithms.ts);
 * - within its family, the cheapest of Winograd with tiles of 4×4 or 2×2 outputs, where these suit, and direct convolution,
 *   by operations and memory traffic (winograd/cost.ts);
 * - a direct convolution by tiles takes those of 64×64 where they are enough to keep a GPU busy (BUSY_WORKGROUPS) and all
 *   channel counts are multiples of four, else those of 32×32. Tiles of a weight's gradient count as enough where the
 *   weight fills one, since its sum over pixels is split until a GPU is busy.
 */
import type { Gpu } from '../../gpu/index.ts';
import type {
  BackwardDataAlgorithm,
  BackwardWeightAlgorithm,
  Conv2dAlgorithm,
  ForwardAlgorithm,
} from './algorithm.ts';
import { backwardDataAlgorithms, backwardWeightAlgorithms, forwardAlgorithms } from './algorithms.ts';
import type { Epilogue } from './epilogue.wgsl.ts';
import { backwardDataPass, backwardWeightPass, forwardPass } from './passes.ts';
import { paddedName, paddedShape } from './padded/algorithms.ts';
import { isVectorised, outputSize, type Conv2dShape } from './shape.ts';
import { BUSY_WORKGROUPS, tiles } from './tiled/tile.wgsl.ts';
import { autotunedOr } from './tuned.ts';
import { winogradName } from './winograd/algorithms.ts';
import { directCost, FLOPS_PER_BYTE, winogradCost } from './winograd/cost.ts';

/** The algorithm for a forward pass: measured to be the best, else the rule's. */
export function chooseForward(gpu: Gpu, shape: Conv2dShape, epilogue: Epilogue = 'none'): ForwardAlgorithm {
  const rule = ruleForward(gpu, shape);
  return autotunedOr(gpu, forwardPass, shape, epilogue, forwardAlgorithms, rule);
}

/** The algorithm for the gradient of the input: measured to be the best, else the rule's. */
export function chooseBackwardData(gpu: Gpu, shape: Conv2dShape): BackwardDataAlgorithm {
  const rule = ruleBackwardData(gpu, shape);
  return autotunedOr(gpu, backwardDataPass, shape, 'none', backwardDataAlgorithms, rule);
}

/** The algorithm for the gradient of the weight: measured to be the best, else the rule's. */
export function chooseBackwardWeight(gpu: Gpu, shape: Conv2dShape): BackwardWeightAlgorithm {
  const rule = ruleBackwardWeight(gpu, shape);
  return autotunedOr(gpu, backwardWeightPass, shape, 'none', backwardWeightAlgorithms, rule);
}

/** The rule for a forward pass. */
export function ruleForward(gpu: Gpu, shape: Conv2dShape): ForwardAlgorithm {
  const { oh, ow } = outputSize(shape);
  return choose(forwardAlgorithms, ['subgroup 4×16'], gpu, shape, (shape) =>
    tiledName(shape, shape.n * oh * ow, shape.k),
  );
}

/** The rule for the gradient of the input. */
export function ruleBackwardData(gpu: Gpu, shape: Conv2dShape): BackwardDataAlgorithm {
  const { n, h, w, c, stride } = shape;
  const pixels = n * Math.ceil(h / stride) * Math.ceil(w / stride);
  return choose(backwardDataAlgorithms, BACKWARD_BROADCASTS, gpu, shape, (shape) =>
    tiledName(shape, pixels, c, stride * stride),
  );
}

/** The rule for the gradient of the weight. */
export function ruleBackwardWeight(gpu: Gpu, shape: Conv2dShape): BackwardWeightAlgorithm {
  const { m, n } = tiles['64×64'];
  return choose(backwardWeightAlgorithms, BACKWARD_BROADCASTS, gpu, shape, (shape) => {
    const fills = isVectorised(shape) && shape.s * shape.c >= m && shape.k >= n;
    return fills ? 'tiled 64×64' : 'tiled 32×32';
  });
}

/** The first that suits is taken. */
const BACKWARD_BROADCASTS = ['subgroup 4×32', 'subgroup 4×16'];

function choose<S>(
  algorithms: readonly Conv2dAlgorithm<S>[],
  broadcastNames: readonly string[],
  gpu: Gpu,
  shape: Conv2dShape,
  tiledName: (shape: Conv2dShape) => string,
): Conv2dAlgorithm<S> {
  const { software, subgroupSize } = gpu;
  const broadcasts = broadcastNames.find((name) => named(algorithms, name).suits(gpu, shape));
  const isForCpu = software && subgroupSize !== null && subgroupSize <= 16 && broadcasts !== undefined;
  const directName = (shape: Conv2dShape) => (isForCpu ? broadcasts : tiledName(shape));
  const filled = paddedName(directName(paddedShape(shape)));
  const direct =
    algorithms.find(({ name, suits }) => name === filled && suits(gpu, shape)) ??
    named(algorithms, directName(shape));
  const flopsPerByte = FLOPS_PER_BYTE[software ? 'software' : 'gpu'];
  let best = { algorithm: direct, cost: directCost(shape, flopsPerByte) };
  for (const m of [4, 2] as const) {
    const algorithm = named(algorithms, winogradName(m, isForCpu ? 'subgroup' : 'tiled'));
    const cost = winogradCost(shape, m, flopsPerByte);
    if (cost < best.cost && algorithm.suits(gpu, shape)) best = { algorithm, cost };
  }
  return best.algorithm;
}

/** The tiles for `rows` × `columns` outputs, `depth` times. */
function tiledName(shape: Conv2dShape, rows: number, columns: number, depth = 1): string {
  const { m, n } = tiles['64×64'];
  const workgroups = Math.ceil(rows / m) * Math.ceil(columns / n) * depth;
  return isVectorised(shape) && workgroups >= BUSY_WORKGROUPS ? 'tiled 64×64' : 'tiled 32×32';
}

function named<S>(algorithms: readonly Conv2dAlgorithm<S>[], name: string): Conv2dAlgorithm<S> {
  const algorithm = algorithms.find((candidate) => candidate.name === name);
  if (!algorithm) throw new Error(`conv2d: there is no algorithm "${name}".`);
  return algorithm;
}
