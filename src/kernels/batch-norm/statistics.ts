/** Where batch norm's mean and invStd come from: the batch itself, or the running statistics. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { checkAlike, checkSizes } from '../checks.ts';
import { given } from '../optional.ts';
import { widthOf } from '../vectors.ts';
import { partChunks, partsOf } from './row-parts.ts';
import { invStdKernel, mergeMomentsKernel, momentsKernel } from './statistics.wgsl.ts';
import { mergeWorkgroup, reductionGrid } from './tile.ts';

/**
 * Mean and invStd = 1/√(variance + eps) of each channel of x [rows, channels], the variance a mean over rows. Where
 * given, the running statistics [channels] move in place as PyTorch's do: running ← (1 − momentum)·running +
 * momentum·batch, with the unbiased variance. Throws `RangeError` for a single row, as PyTorch does, where one of the two
 * running statistics is missing, and for storages that are too small.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(1, 4, 3, 12)); // two rows of two channels
 * const [mean, invStd] = [gpu.temporary(8), gpu.temporary(8)];
 * const [means, invStds] = await gpu.scope(() => {
 *   batchNormStatistics(gpu, { x, mean, invStd }, { rows: 2, channels: 2, eps: 0, momentum: 0.1 });
 *   return Promise.all([gpu.read(mean), gpu.read(invStd)]);
 * });
 * means; // → [2, 8]
 * invStds; // → [1, 0.25]
 * ```
 */
export function batchNormStatistics(
  gpu: Gpu,
  storages: {
    readonly x: Storage;
    readonly mean: Storage;
    readonly invStd: Storage;
    readonly runningMean?: Storage | undefined;
    readonly runningVar?: Storage | undefined;
  },
  options: {
    readonly rows: number;
    readonly channels: number;
    readonly eps: number;
    readonly momentum: number;
  },
): void {
  const { rows, channels, eps, momentum } = options;
  const { x, mean, invStd, runningMean, runningVar } = storages;
  const op = 'batchNormStatistics';
  checkSizes(op, { rows, channels });
  if (rows === 1) {
    throw new RangeError(
      `${op}: Expected more than 1 value per channel when training, got 1 row of ${channels} channels: use a batch of at least 2 or running statistics.`,
    );
  }
  if (!runningMean !== !runningVar)
    throw new RangeError(`${op}: runningMean and runningVar go together, but only one was given.`);
  const perChannel = { mean, invStd, runningMean, runningVar };
  checkAlike(op, { x }, rows * channels);
  checkAlike(op, perChannel, channels);

  const { grouping, walk, rowsPerPart, parts } = partsOf(gpu, rows, channels);
  const width = widthOf(channels);
  const vectors = channels / width;
  const running = runningMean ? 'running' : 'batch';
  if (parts === 1) {
    const results = given({ x, ...perChannel });
    gpu.run(
      momentsKernel(grouping, width, running),
      results,
      { rows, channels: vectors, walk, eps, momentum },
      reductionGrid(grouping, vectors, 1),
    );
    return;
  }
  const partials = gpu.temporary(parts * 2 * channels * 4, 'batch-norm moments');
  for (const chunk of partChunks(gpu, rows, channels)) {
    gpu.run(
      momentsKernel(grouping, width, 'partials'),
      { x: chunk.slice(x), partials },
      { rows: chunk.rows, channels: vectors, walk, firstPart: chunk.firstPart },
      reductionGrid(grouping, vectors, chunk.parts),
    );
  }
  gpu.run(
    // Partials are few: single elements are as fast, and compile in a third of the time.
    mergeMomentsKernel(grouping, 1, runningMean !== undefined),
    given({ partials, ...perChannel }),
    { rows, channels, rowsPerPart, parts, eps, momentum },
    [Math.ceil(channels / mergeWorkgroup(grouping).lanes)],
  );
}

/**
 * invStd = 1/√(variance + eps) for running mode; both storages [channels]. Throws `RangeError` if one is too small.
 *
 * ```ts
 * const variance = gpu.upload(Float32Array.of(4, 0.25));
 * const invStd = gpu.temporary(8);
 * batchNormInvStd(gpu, { variance, invStd }, { channels: 2, eps: 0 });
 * await gpu.read(invStd); // → [0.5, 2]
 * ```
 */
export function batchNormInvStd(
  gpu: Gpu,
  storages: { readonly variance: Storage; readonly invStd: Storage },
  { channels, eps }: { readonly channels: number; readonly eps: number },
): void {
  const { variance, invStd } = storages;
  checkSizes('batchNormInvStd', { channels });
  checkAlike('batchNormInvStd', { variance, invStd }, channels);
  gpu.run(invStdKernel, { variance, invStd }, { channels, eps }, [Math.ceil(channels / 64)]);
}
