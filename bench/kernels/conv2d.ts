// ResNet-18's eleven convolutions, each pass of them, with the kernels that the engine chooses or with all that there are. Work is
// counted as direct convolution, whatever the algorithm saves: so shares of the ceiling compare algorithms fairly.
import type { Gpu } from '../../src/gpu/index.ts';
import { resnet18Cases } from '../../src/kernels/conv2d/cases.ts';
import {
  conv2dBackwardData,
  conv2dBackwardWeight,
  conv2dFlops,
  conv2dForward,
  conv2dVariant,
  outputSize,
  type Conv2dShape,
  type Conv2dVariant,
} from '../../src/kernels/conv2d/index.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Buffers } from '../buffers.ts';
import { kernelBenchmark, shapeName, WORD, type NetworkSize } from './kernel-benchmark.ts';

interface Pass {
  readonly operation: string;
  /** Floats read beside x, weight and y. */
  readonly extra?: (shape: Conv2dShape) => number;
  /** Not for the stem: nobody asks for the gradient of photos. */
  readonly withinNetwork?: true;
  prepare(gpu: Gpu, buffers: Buffers, shape: Conv2dShape, variant: Conv2dVariant): () => void;
}

const passes: readonly Pass[] = [
  {
    operation: 'conv2d.forward',
    prepare: (gpu, buffers, shape, variant) => {
      const floats = floatsOf(shape);
      const [x, weight] = [buffers.floats(floats.x), buffers.floats(floats.weight)];
      const y = buffers.empty(floats.y * WORD);
      return () => conv2dForward(gpu, { x, weight, y }, shape, variant);
    },
  },
  {
    // With running statistics, shortcut and ReLU in the kernel: what evaluation and frozen layers run.
    operation: 'conv2d.forward+norm',
    extra: (shape) => floatsOf(shape).y + 4 * shape.k,
    prepare: (gpu, buffers, shape, variant) => {
      const floats = floatsOf(shape);
      const [x, weight] = [buffers.floats(floats.x), buffers.floats(floats.weight)];
      const [mean, beta] = [buffers.floats(shape.k), buffers.floats(shape.k)];
      const [variance, gamma] = [buffers.floats(shape.k, [0.5, 2]), buffers.floats(shape.k, [0.5, 2])];
      const residual = buffers.floats(floats.y);
      const y = buffers.empty(floats.y * WORD);
      const norm = { mean, variance, gamma, beta, eps: 1e-5, residual, relu: true };
      return () => conv2dForward(gpu, { x, weight, y, norm }, shape, variant);
    },
  },
  {
    operation: 'conv2d.backward-data',
    withinNetwork: true,
    prepare: (gpu, buffers, shape, variant) => {
      const floats = floatsOf(shape);
      const [dy, weight] = [buffers.floats(floats.y), buffers.floats(floats.weight)];
      const dx = buffers.empty(floats.x * WORD);
      return () => conv2dBackwardData(gpu, { dy, weight, dx }, shape, variant);
    },
  },
  {
    operation: 'conv2d.backward-weight',
    prepare: (gpu, buffers, shape, variant) => {
      const floats = floatsOf(shape);
      const [x, dy] = [buffers.floats(floats.x), buffers.floats(floats.y)];
      const dWeight = buffers.empty(floats.weight * WORD);
      return () => conv2dBackwardWeight(gpu, { x, dy, dWeight }, shape, variant);
    },
  },
];

/** `allVariants`: every algorithm that the adapter can run, in place of the one that the engine would choose. */
export function conv2dBenchmarks(gpu: Gpu, size: NetworkSize, allVariants: boolean): Benchmark[] {
  const chosen = conv2dVariant(gpu);
  const variants: readonly Conv2dVariant[] =
    allVariants && chosen === 'subgroup' ? ['subgroup', 'tiled'] : [chosen];
  return passes.flatMap(({ operation, extra, withinNetwork, prepare }) =>
    resnet18Cases(size)
      .filter(({ name }) => !(withinNetwork && name === 'resnet18-stem'))
      .flatMap(({ name, count: _count, ...conv }) => {
        const { x, weight, y } = floatsOf(conv);
        const shape = shapeName(name, size);
        const work = { flops: conv2dFlops(conv), bytes: (x + weight + y + (extra?.(conv) ?? 0)) * WORD };
        return variants.map((variant) =>
          kernelBenchmark({
            ...{ operation, shape, variant, work, group: `${operation} ${shape}` },
            ...(allVariants && { asked: variant }),
            prepare: (gpu, buffers) => prepare(gpu, buffers, conv, variant),
          }),
        );
      }),
  );
}

function floatsOf(shape: Conv2dShape): { x: number; weight: number; y: number } {
  const { n, h, w, c, k, r, s } = shape;
  const { oh, ow } = outputSize(shape);
  return { x: n * h * w * c, weight: r * s * c * k, y: n * oh * ow * k };
}
