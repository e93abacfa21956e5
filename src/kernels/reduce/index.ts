/** Reductions over an arena. */
import { type Gpu, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { widthOf } from '../vectors.ts';
import { partialSquaresKernel, STRETCH, sumKernel } from './sum-of-squares.wgsl.ts';

/**
 * result [1] = Σx² over `count` floats: the square of a gradient's norm, for clipping; not finite just if an element
 * is not or is larger than about 1e19, so that it tells a diverging run too. Throws `RangeError` where a storage is
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
    return { ...chunk, vectors, stretches: Math.ceil(vectors / STRETCH) };
  });
  const stretches = chunks.reduce((sum, chunk) => sum + chunk.stretches, 0);
  const partials = gpu.temporary(stretches * 4, 'partial sums of squares');
  let first = 0;
  for (const chunk of chunks) {
    gpu.run(
      partialSquaresKernel(width),
      { x: x.slice(chunk.first * 4, chunk.count * 4), partials },
      { count: chunk.vectors, first },
      rowOfWorkgroups(chunk.stretches),
    );
    first += chunk.stretches;
  }
  gpu.run(sumKernel, { partials, result }, { count: stretches }, [1]);
}
