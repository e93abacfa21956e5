// The kernel ladders (docs/book/12-the-ladder.md) as benchmarks: every rung that suits the adapter, from the definition to the engine's
// own kernel, at the sizes that the story is told with.
import type { Gpu } from '../gpu/index.ts';
import { ladder as convolutions } from '../kernels/conv2d/ladder/index.ts';
import { conv2dFlops, outputSize, type Conv2dShape } from '../kernels/conv2d/index.ts';
import { ladder as products, matmulFlops } from '../kernels/linear/ladder/index.ts';
import type { Benchmark } from './benchmark.ts';
import { kernelBenchmark, WORD } from './kernels/kernel-benchmark.ts';

const SIDE = 1024;
const product = { rows: SIDE, columns: SIDE, depth: SIDE };
/** ResNet-18's layer1 for eight photos of 128 px. */
const convolution: Conv2dShape = { n: 8, h: 32, w: 32, c: 64, k: 64, r: 3, s: 3, stride: 1, padding: 1 };

export function ladderBenchmarks(gpu: Gpu): Benchmark[] {
  const climb = (name: string, shape: string) => ({
    ...{ operation: `ladder.${name}`, shape, group: `ladder.${name}` },
    when: 'asked' as const,
  });
  return [
    ...products
      .filter((rung) => rung.suits(product, gpu))
      .map(({ name, lesson, run }) =>
        kernelBenchmark({
          ...{ ...climb('matmul', `${SIDE}³`), asked: name, variant: name, lesson },
          work: { flops: matmulFlops(product), bytes: 3 * SIDE * SIDE * WORD },
          prepare: (gpu, buffers) => {
            const [a, b] = [buffers.floats(SIDE * SIDE), buffers.floats(SIDE * SIDE)];
            const storages = { a, b, c: buffers.empty(SIDE * SIDE * WORD) };
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
          ...{ ...climb('conv2d', 'layer1 8×128²'), asked: name, variant: name, lesson },
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
