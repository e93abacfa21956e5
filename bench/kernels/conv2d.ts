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
import { Buffers } from '../buffers.ts';
import { RecordedSubject, type Recorded } from '../measure.ts';
import { shapeName, type KernelOptions } from './size.ts';

type Pass = (gpu: Gpu, buffers: Buffers, shape: Conv2dShape, variant: Conv2dVariant) => Recorded['record'];

const floatsOf = (shape: Conv2dShape) => {
  const { n, h, w, c, k, r, s } = shape;
  const { oh, ow } = outputSize(shape);
  return { x: n * h * w * c, weight: r * s * c * k, y: n * oh * ow * k };
};

const forward: Pass = (gpu, buffers, shape, variant) => {
  const floats = floatsOf(shape);
  const x = buffers.floats(floats.x);
  const weight = buffers.floats(floats.weight);
  const y = buffers.empty(floats.y * 4);
  return () => conv2dForward(gpu, { x, weight, y }, shape, variant);
};

/** With batch norm by running statistics, the shortcut and ReLU in the kernel: what evaluation and frozen layers run. */
const forwardNorm: Pass = (gpu, buffers, shape, variant) => {
  const floats = floatsOf(shape);
  const [x, weight, residual] = [floats.x, floats.weight, floats.y].map((count) => buffers.floats(count));
  const [mean, beta] = [buffers.floats(shape.k), buffers.floats(shape.k)];
  const [variance, gamma] = [buffers.floats(shape.k, [0.5, 2]), buffers.floats(shape.k, [0.5, 2])];
  const y = buffers.empty(floats.y * 4);
  const norm = { mean, variance, gamma, beta, eps: 1e-5, residual, relu: true };
  if (!x || !weight) throw new RangeError('No floats.');
  return () => conv2dForward(gpu, { x, weight, y, norm }, shape, variant);
};

const backwardData: Pass = (gpu, buffers, shape, variant) => {
  const floats = floatsOf(shape);
  const dy = buffers.floats(floats.y);
  const weight = buffers.floats(floats.weight);
  const dx = buffers.empty(floats.x * 4);
  return () => conv2dBackwardData(gpu, { dy, weight, dx }, shape, variant);
};

const backwardWeight: Pass = (gpu, buffers, shape, variant) => {
  const floats = floatsOf(shape);
  const x = buffers.floats(floats.x);
  const dy = buffers.floats(floats.y);
  const dWeight = buffers.empty(floats.weight * 4);
  return () => conv2dBackwardWeight(gpu, { x, dy, dWeight }, shape, variant);
};

const passes = { forward, forwardNorm, backwardData, backwardWeight };

export function conv2dBenchmarks(gpu: Gpu, { allVariants, ...size }: KernelOptions): Benchmark[] {
  const chosen = conv2dVariant(gpu);
  const variants = allVariants && chosen !== 'tiled' ? ([chosen, 'tiled'] as const) : ([chosen] as const);
  return Object.entries(passes).flatMap(([name, pass]) =>
    resnet18Cases(size)
      // No gradient of the photos is ever asked for.
      .filter((conv) => !(name === 'backwardData' && conv.name === 'resnet18-stem'))
      .flatMap(({ name: part, count: _count, ...conv }) => {
        const floats = floatsOf(conv);
        const extra = name === 'forwardNorm' ? floats.y + 4 * conv.k : 0;
        return variants.map((variant): Benchmark => {
          const operation = `conv2d.${name}`;
          const shape = shapeName(part, size);
          return {
            ...{ group: `${operation} ${shape}`, operation, shape, variant },
            ...(allVariants && { asked: variant }),
            work: { flops: conv2dFlops(conv), bytes: (floats.x + floats.weight + floats.y + extra) * 4 },
            open: (gpu, ms) => {
              const buffers = new Buffers(gpu);
              const record = pass(gpu, buffers, conv, variant);
              return RecordedSubject.open(gpu, { record, close: () => buffers.release() }, ms);
            },
          };
        });
      }),
  );
}
