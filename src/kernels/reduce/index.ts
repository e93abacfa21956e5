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
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(3, 4));
 * const result = gpu.temporary(4);
 * sumOfSquares(gpu, { x, result }, 2);
 * await gpu.read(result); // → [25]
 * ```
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
 * most, as torch.nn.utils.clip_grad_norm_ does (Pascanu et al. 2013): 1 where it is already. Nothing is read back. Throws
 * `RangeError` if a storage is too small.
 *
 * ```ts
 * const gradients = gpu.upload(Float32Array.of(3, 4)); // their norm is 5
 * const factor = gpu.temporary(4);
 * clipFactor(gpu, { gradients, factor }, 2, { maxNorm: 2.5 });
 * await gpu.read(factor); // → [0.5]
 * ```
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
 * counts [64], as u32: how many of the `count` floats of x are zero or too small for a normal float (counts[0]), how many have
 * 2^e ≤ |x| < 2^(e + 1) (counts[42 + e], for e from −41 to 20, with what is smaller and larger in the outermost), and how many are
 * not finite (counts[63]). Throws `RangeError` if a storage is too small.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(0, 1, -1.5, 2, Infinity));
 * const counts = gpu.temporary(64 * 4);
 * magnitudes(gpu, { x, counts }, 5);
 * const found = new Uint32Array((await gpu.read(counts)).buffer);
 * [found[0], found[42], found[43], found[63]]; // → [1, 2, 1, 1]
 * ```
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
