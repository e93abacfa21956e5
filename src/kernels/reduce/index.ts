/** Reductions: the norm of an arena and what clipping makes of it, and how large the numbers of a tensor are. */
import { type Gpu, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { widthOf } from '../vectors.ts';
import { walkLength } from '../walk.ts';
import { clipFactorKernel } from './clip.wgsl.ts';
import { BINS, magnitudesKernel, THREADS as COUNTING_THREADS } from './magnitudes.wgsl.ts';
import { partialSquaresKernel, sumKernel, THREADS } from './sum-of-squares.wgsl.ts';

export { BINS, LEAST_EXPONENT } from './magnitudes.wgsl.ts';

/**
 * result [1] = Σx² over `count` floats: the square of a gradient's norm, for clipping; not finite just if an element
 * is not or is larger than about 1e19, so that it tells a diverging run too. Throws `RangeError` if a storage is
 * too small.
 */
export function sumOfSquares(
  gpu: Gpu,
  { x, result }: { readonly x: Storage; readonly result: Storage },
  count: number,
): void {
  checkSizes('sumOfSquares', { count });
  checkStorages('sumOfSquares', { x: [x, count], result: [result, 1] });
  const width = widthOf(count);
  const chunks = bindingChunks(gpu, count, 4).map((chunk) => {
    const vectors = chunk.count / width;
    const walk = walkLength(gpu, vectors);
    return { ...chunk, vectors, walk, stretches: Math.ceil(vectors / (THREADS * walk)) };
  });
  const stretches = chunks.reduce((sum, chunk) => sum + chunk.stretches, 0);
  const partials = gpu.temporary(stretches * 4, 'partial sums of squares');
  let first = 0;
  for (const chunk of chunks) {
    gpu.run(
      partialSquaresKernel(width),
      { x: x.slice(chunk.first * 4, chunk.count * 4), partials },
      { count: chunk.vectors, first, walk: chunk.walk },
      rowOfWorkgroups(chunk.stretches),
    );
    first += chunk.stretches;
  }
  gpu.run(sumKernel, { partials, result }, { count: stretches }, [1]);
}

/**
 * factor [1] by which gradients [count] are to be multiplied, beside `gradientScale`, so that their norm is `maxNorm` at
 * most, as torch.nn.utils.clip_grad_norm_ does: 1 where it is already. Nothing is read back. Throws `RangeError` if a
 * storage is too small.
 */
export function clipFactor(
  gpu: Gpu,
  { gradients, factor }: { readonly gradients: Storage; readonly factor: Storage },
  count: number,
  { maxNorm, gradientScale = 1 }: { readonly maxNorm: number; readonly gradientScale?: number },
): void {
  checkStorages('clipFactor', { factor: [factor, 1] });
  const squares = gpu.temporary(4, 'squared norm of the gradients');
  sumOfSquares(gpu, { x: gradients, result: squares }, count);
  gpu.run(clipFactorKernel, { squares, factor }, { maxNorm, gradientScale }, [1]);
}

/**
 * counts [64], as u32: how many of the `count` floats of x are zero (or too small for a normal float), how many have each power of two
 * from 2⁻⁴¹ on, and how many are not finite (magnitudes.wgsl.ts says where). Throws `RangeError` if a storage is too small.
 */
export function magnitudes(
  gpu: Gpu,
  { x, counts }: { readonly x: Storage; readonly counts: Storage },
  count: number,
): void {
  checkSizes('magnitudes', { count });
  checkStorages('magnitudes', { x: [x, count], counts: [counts, BINS] });
  gpu.clear(counts);
  for (const chunk of bindingChunks(gpu, count, 4)) {
    const walk = walkLength(gpu, chunk.count);
    gpu.run(
      magnitudesKernel,
      { x: x.slice(chunk.first * 4, chunk.count * 4), counts },
      { count: chunk.count, walk },
      rowOfWorkgroups(Math.ceil(chunk.count / (COUNTING_THREADS * walk))),
    );
  }
}
