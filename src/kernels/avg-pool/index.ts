/** Global average pool over NHWC activations. */
import { type Gpu, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { bytesOf, checkFours, type Dtype } from '../dtype.ts';
import { widthOf } from '../vectors.ts';
import { backwardKernel, forwardKernel, WORKGROUP } from './kernels.wgsl.ts';

/** Activations [n, h, w, c]. */
export interface AvgPoolShape {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  /** How x is stored, f32 if it is not given; the means are f32, and so are gradients. In f16 channels come in fours. */
  readonly dtype?: Dtype;
}

/**
 * Global average pooling (Lin et al. 2014): y [n, c] = the mean of x [n, h, w, c] over h and w. Throws `RangeError` for sizes
 * that do not fit.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(1, 2, 3, 6)); // an image of 2 × 2 pixels
 * const y = gpu.temporary(4);
 * avgPoolForward(gpu, { x, y }, { n: 1, h: 2, w: 2, c: 1 });
 * await gpu.read(y); // → [3]
 * ```
 */
export function avgPoolForward(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly y: Storage },
  shape: AvgPoolShape,
): void {
  for (const part of parts(gpu, 'avgPoolForward', ['x', storages.x], ['y', storages.y], shape)) {
    gpu.run(
      forwardKernel(part.width, shape.dtype ?? 'f32'),
      { x: part.whole, y: part.pooled },
      part.params,
      part.grid,
    );
  }
}

/**
 * dx [n, h, w, c] = dy [n, c] / (h·w). Throws `RangeError` for sizes that do not fit, and for f16.
 *
 * ```ts
 * const dy = gpu.upload(Float32Array.of(8));
 * const dx = gpu.temporary(4 * 4);
 * avgPoolBackward(gpu, { dy, dx }, { n: 1, h: 2, w: 2, c: 1 });
 * await gpu.read(dx); // → [2, 2, 2, 2]
 * ```
 */
export function avgPoolBackward(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly dx: Storage },
  shape: AvgPoolShape,
): void {
  if (shape.dtype === 'f16') throw new RangeError('avgPoolBackward: gradients are computed in f32 alone.');
  for (const part of parts(gpu, 'avgPoolBackward', ['dx', storages.dx], ['dy', storages.dy], shape)) {
    gpu.run(backwardKernel(part.width), { dy: part.pooled, dx: part.whole }, part.params, part.grid);
  }
}

type Named = readonly [name: string, storage: Storage];

/** Checks a tensor [n, h, w, c] and one [n, c], and cuts them by images into parts that fit a binding. */
function parts(gpu: Gpu, op: string, whole: Named, pooled: Named, shape: AvgPoolShape) {
  const { n, h, w, c, dtype = 'f32' } = shape;
  checkSizes(op, { n, h, w, c });
  checkFours(op, c, dtype);
  const pixels = h * w;
  checkStorages(op, { [whole[0]]: [whole[1], n * pixels * c, dtype], [pooled[0]]: [pooled[1], n * c] });
  const width = widthOf(c);
  const bytes = pixels * c * bytesOf(dtype);
  return bindingChunks(gpu, n, bytes, c * 4).map(({ first, count }) => {
    const items = (count * c) / width;
    return {
      width,
      whole: whole[1].slice(first * bytes, count * bytes),
      pooled: pooled[1].slice(first * c * 4, count * c * 4),
      params: { items, channels: c / width, pixels },
      grid: rowOfWorkgroups(Math.ceil(items / WORKGROUP)),
    };
  });
}
