/** Batch norm backwards: only what is asked for runs, so that frozen parameters cost nothing. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { checkAlike, checkSizes } from '../checks.ts';
import { given } from '../optional.ts';
import { widthOf } from '../vectors.ts';
import { walkLength } from '../walk.ts';
import { inputGradientKernel, mergeSumsKernel, partialSumsKernel, wholeSumsKernel } from './backward.wgsl.ts';
import { partChunks, partsOf, rowChunks } from './row-parts.ts';
import { mergeWorkgroup, reductionGrid, tileGrid } from './tile.ts';

/** What the gradients are computed from, and those that are asked for. */
export interface BatchNormGradients {
  /** `[rows, channels]`: the gradient of the result y. */
  readonly dy: Storage;
  /** `[rows, channels]`: what went in; not needed in running mode unless dWeight or dBias is asked for. */
  readonly x: Storage;
  /** `[rows, channels]`: what came out; where ReLU was fused, this gives its mask (y > 0), or else `bias` does. */
  readonly y?: Storage | undefined;
  /** [channels], as used forwards: enough for the mask where no residual was added, and spares reading y. */
  readonly bias?: Storage | undefined;
  /** [channels], as used forwards. */
  readonly mean: Storage;
  readonly invStd: Storage;
  readonly weight: Storage;
  /** What is asked for: [rows, channels] … */
  readonly dx?: Storage | undefined;
  readonly dResidual?: Storage | undefined;
  /** … and [channels]. */
  readonly dWeight?: Storage | undefined;
  readonly dBias?: Storage | undefined;
}

/**
 * Gradients of `batchNormForward`: dBias = Σg and dWeight = Σg·x̂ over the rows, with g = dy masked by a fused ReLU and
 * x̂ = (x − mean)·invStd; dResidual = g; dx = weight·invStd·g in running mode, and weight·invStd·(g − dBias/rows −
 * x̂·dWeight/rows) in batch mode, where mean and invStd depend on x. Throws `RangeError` for sizes that do not fit, and where
 * a fused ReLU's mask cannot be told.
 *
 * ```ts
 * const upload = (...values: number[]) => gpu.upload(Float32Array.from(values));
 * const given = { dy: upload(4, 6), x: upload(1, 3), mean: upload(2), invStd: upload(1), weight: upload(2) };
 * const asked = { dx: gpu.temporary(8), dWeight: gpu.temporary(4), dBias: gpu.temporary(4) };
 * const [dx, dWeight, dBias] = await gpu.scope(() => {
 *   batchNormBackward(gpu, { ...given, ...asked }, { rows: 2, channels: 1, relu: false, mode: 'running' });
 *   return Promise.all(Object.values(asked).map((storage) => gpu.read(storage)));
 * });
 * dx; // → [8, 12]
 * dWeight; // → [2]
 * dBias; // → [10]
 * ```
 */
export function batchNormBackward(
  gpu: Gpu,
  storages: BatchNormGradients,
  options: {
    readonly rows: number;
    readonly channels: number;
    readonly relu: boolean;
    readonly mode: 'batch' | 'running';
  },
): void {
  const { rows, channels, relu, mode } = options;
  const { dx, dResidual, dWeight, dBias, y, bias } = storages;
  check(storages, options);
  const needsSums = dWeight !== undefined || dBias !== undefined || (dx !== undefined && mode === 'batch');
  const coefficients =
    dx && mode === 'batch' ? gpu.temporary(3 * channels * 4, 'batch-norm coefficients') : undefined;
  if (needsSums) reduce(gpu, storages, coefficients, options);
  if (!dx && !dResidual) return;

  const width = widthOf(channels);
  const vectors = channels / width;
  // Where the input is read anyway, a mask that lets all pass spares a kernel of its own.
  const mask = relu ? (y ? 'y' : 'input') : coefficients && !dResidual ? 'input' : 'none';
  const kernel = inputGradientKernel(width, mask, dx ? mode : 'none', dResidual !== undefined);
  const { mean, invStd, weight } = storages;
  for (const chunk of rowChunks(gpu, rows, channels)) {
    const walk = walkLength(gpu, chunk.rows * vectors);
    const part = (storage: Storage | undefined) => storage && chunk.slice(storage);
    gpu.run(
      kernel,
      given({
        dy: part(storages.dy),
        y: part(y),
        x: part(storages.x),
        mean,
        invStd,
        weight,
        bias: bias ?? weight,
        coefficients,
        dx: part(dx),
        dResidual: part(dResidual),
      }),
      { rows: chunk.rows, channels: vectors, walk, masked: relu ? 1 : 0 },
      tileGrid(vectors, chunk.rows, walk),
    );
  }
}

/** The paired sums over the rows, and what follows from them for each channel. */
function reduce(
  gpu: Gpu,
  { dy, x, y, mean, invStd, weight, bias = weight, dWeight, dBias }: BatchNormGradients,
  coefficients: Storage | undefined,
  { rows, channels, relu }: { readonly rows: number; readonly channels: number; readonly relu: boolean },
): void {
  const { grouping, walk, parts } = partsOf(gpu, rows, channels);
  const width = widthOf(channels);
  const vectors = channels / width;
  const mask = relu && y ? 'y' : 'input';
  const masked = relu ? 1 : 0;
  const asked = [dWeight !== undefined, dBias !== undefined, coefficients !== undefined] as const;
  const whole = parts === 1 ? wholeSumsKernel(grouping, width, mask, ...asked) : undefined;
  if (whole && whole.bindings.length <= gpu.maxStorages) {
    gpu.run(
      whole,
      given({ dy, x, y, mean, invStd, weight, bias, dWeight, dBias, coefficients }),
      { rows, channels: vectors, walk, masked },
      reductionGrid(grouping, vectors, 1),
    );
    return;
  }
  const partials = gpu.temporary(parts * 2 * channels * 4, 'batch-norm sums');
  for (const chunk of partChunks(gpu, rows, channels)) {
    gpu.run(
      partialSumsKernel(grouping, width, mask),
      given({
        dy: chunk.slice(dy),
        y: y && chunk.slice(y),
        x: chunk.slice(x),
        mean,
        invStd,
        weight,
        bias,
        partials,
      }),
      { rows: chunk.rows, channels: vectors, walk, masked, firstPart: chunk.firstPart },
      reductionGrid(grouping, vectors, chunk.parts),
    );
  }
  gpu.run(
    mergeSumsKernel(grouping, 1, ...asked), // as in statistics.ts
    given({ partials, invStd, dWeight, dBias, weight, coefficients }),
    { rows, channels, parts },
    [Math.ceil(channels / mergeWorkgroup(grouping).lanes)],
  );
}

function check(
  { dy, x, y, mean, invStd, weight, bias, dx, dResidual, dWeight, dBias }: BatchNormGradients,
  { rows, channels, relu }: { readonly rows: number; readonly channels: number; readonly relu: boolean },
): void {
  const op = 'batchNormBackward';
  checkSizes(op, { rows, channels });
  if (relu && !y && !bias)
    throw new RangeError(`${op}: with a fused ReLU it needs the result y or the bias, for the mask y > 0.`);
  if (relu && !y && dResidual)
    throw new RangeError(`${op}: where a residual was added, the mask of ReLU needs y, not the bias.`);
  checkAlike(op, { dy, x, y, dx, dResidual }, rows * channels);
  checkAlike(op, { mean, invStd, weight, bias, dWeight, dBias }, channels);
}
