/** Batch norm forwards, once mean and invStd are known. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { given } from '../optional.ts';
import { widthOf } from '../vectors.ts';
import { walkLength } from '../walk.ts';
import { forwardKernel } from './forward.wgsl.ts';
import { rowChunks } from './row-parts.ts';
import { tileGrid } from './tile.ts';

/**
 * y = (x − mean)·invStd·weight + bias [+ residual] [then ReLU], all in one pass. x, residual and y are
 * [rows, channels], the others [channels]. Throws `RangeError` if a storage is too small.
 *
 * ```ts
 * const upload = (...values: number[]) => gpu.upload(Float32Array.from(values));
 * const perChannel = { mean: upload(2, 8), invStd: upload(1, 0.25), weight: upload(10, 1), bias: upload(0, 5) };
 * const x = upload(1, 4, 3, 12); // two rows of two channels: normalised, −1 and 1 in both
 * const y = gpu.temporary(4 * 4);
 * batchNormForward(gpu, { x, y, ...perChannel }, { rows: 2, channels: 2, relu: true });
 * await gpu.read(y); // → [0, 4, 10, 6]
 * ```
 */
export function batchNormForward(
  gpu: Gpu,
  storages: {
    readonly x: Storage;
    readonly mean: Storage;
    readonly invStd: Storage;
    readonly weight: Storage;
    readonly bias: Storage;
    readonly residual?: Storage | undefined;
    readonly y: Storage;
  },
  { rows, channels, relu }: { readonly rows: number; readonly channels: number; readonly relu: boolean },
): void {
  const { x, mean, invStd, weight, bias, residual, y } = storages;
  const op = 'batchNormForward';
  checkSizes(op, { rows, channels });
  checkStorages(op, {
    x: [x, rows * channels],
    y: [y, rows * channels],
    residual: [residual, rows * channels],
    mean: [mean, channels],
    invStd: [invStd, channels],
    weight: [weight, channels],
    bias: [bias, channels],
  });
  const width = widthOf(channels);
  const vectors = channels / width;
  for (const chunk of rowChunks(gpu, rows, channels)) {
    const walk = walkLength(gpu, chunk.rows * vectors);
    gpu.run(
      forwardKernel(width, residual !== undefined),
      given({
        x: chunk.slice(x),
        mean,
        invStd,
        weight,
        bias,
        residual: residual && chunk.slice(residual),
        y: chunk.slice(y),
      }),
      { rows: chunk.rows, channels: vectors, walk, relu: relu ? 1 : 0 },
      tileGrid(vectors, chunk.rows, walk),
    );
  }
}
