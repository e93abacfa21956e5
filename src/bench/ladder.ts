// The kernel ladders (docs/book/12-the-ladder.md) as benchmarks: every rung that suits the adapter, from the definition to the engine's
// own kernel, at the sizes that the story is told with, or at others.
import type { Gpu } from '../gpu/index.ts';
import { ladder as convolutions } from '../kernels/conv2d/ladder/index.ts';
import { conv2dFlops, outputSize, type Conv2dShape } from '../kernels/conv2d/index.ts';
import { ladder as products, matmulFlops, type MatmulShape } from '../kernels/linear/ladder/index.ts';
import type { Benchmark } from './benchmark.ts';
import { kernelBenchmark, shapeName, WORD, type NetworkSize } from './kernels/kernel-benchmark.ts';

/** Sizes of the two climbs: the side of square matrices, and the photos whose first stage is convolved. */
export interface LadderSizes {
  readonly side: number;
  readonly photos: NetworkSize;
}

/** Those of docs/book/12-the-ladder.md. */
export const STORY: LadderSizes = { side: 1024, photos: { batch: 8, size: 128 } };

export const productOf = (side: number): MatmulShape => ({ rows: side, columns: side, depth: side });

/** ResNet-18's layer1, which sees photos at a quarter of their side. */
export const convolutionOf = ({ batch, size }: NetworkSize): Conv2dShape => ({
  ...{ n: batch, h: size / 4, w: size / 4, c: 64, k: 64 },
  ...{ r: 3, s: 3, stride: 1, padding: 1 },
});

export function ladderBenchmarks(gpu: Gpu, { side, photos }: LadderSizes = STORY): Benchmark[] {
  const climb = (name: string, shape: string) => ({
    ...{ operation: `ladder.${name}`, shape, group: `ladder.${name}` },
    when: 'asked' as const,
  });
  const product = productOf(side);
  const convolution = convolutionOf(photos);
  return [
    ...products
      .filter((rung) => rung.suits(product, gpu))
      .map(({ name, lesson, run }) =>
        kernelBenchmark({
          ...{ ...climb('matmul', `${side}³`), asked: name, variant: name, lesson },
          work: { flops: matmulFlops(product), bytes: 3 * side * side * WORD },
          prepare: (gpu, buffers) => {
            const [a, b] = [buffers.floats(side * side), buffers.floats(side * side)];
            const storages = { a, b, c: buffers.empty(side * side * WORD) };
            return () => run(gpu, storages, product);
          },
        }),
      ),
    ...convolutions
      .filter((rung) => rung.suits(convolution, gpu))
      .map(({ name, lesson, run }) => {
        const { n, h, w, c, k, r, s } = convolution;
        const { oh, ow } = outputSize(convolution);
        const floats = { x: n * h * w * c, weight: r * s * c * k, y: n * oh * ow * k };
        return kernelBenchmark({
          ...{ ...climb('conv2d', shapeName('layer1', photos)), asked: name, variant: name, lesson },
          work: { flops: conv2dFlops(convolution), bytes: (floats.x + floats.weight + floats.y) * WORD },
          prepare: (gpu, buffers) => {
            const [x, weight] = [buffers.floats(floats.x), buffers.floats(floats.weight)];
            const storages = { x, weight, y: buffers.empty(floats.y * WORD) };
            return () => run(gpu, storages, convolution);
          },
        });
      }),
  ];
}
