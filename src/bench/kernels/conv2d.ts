// ResNet-18's eleven convolutions, each pass of them, with the algorithms that the engine chooses or with all that suit. Work is
// counted as direct convolution, whatever the algorithm saves: so shares of the ceiling compare algorithms fairly, and Winograd's
// may exceed it.
import type { Gpu } from '../../gpu/index.ts';
import { resnet18Cases, type Conv2dCase } from '../../kernels/conv2d/cases.ts';
import {
  backwardDataPass,
  backwardWeightPass,
  chooseAlgorithm,
  conv2dFlops,
  forwardPass,
  outputSize,
  type Conv2dPass,
  type Conv2dShape,
} from '../../kernels/conv2d/index.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Buffers } from '../buffers.ts';
import { kernelBenchmark, shapeName, WORD, type NetworkSize } from './kernel-benchmark.ts';

interface Row<S> {
  readonly operation: string;
  readonly pass: Conv2dPass<S>;
  readonly storages: (buffers: Buffers, shape: Conv2dShape) => S;
  /** Floats read beside x, weight and y. */
  readonly extra?: (shape: Conv2dShape) => number;
}

/** `allVariants`: every algorithm that suits, in place of the one that the engine would choose. */
export function conv2dBenchmarks(gpu: Gpu, size: NetworkSize, allVariants: boolean): Benchmark[] {
  const cases = resnet18Cases(size);
  const within = cases.filter(({ name }) => name !== 'resnet18-stem'); // nobody asks for the gradient of photos
  const rows = <S>(row: Row<S>, convolutions: readonly Conv2dCase[] = cases) =>
    convolutions.flatMap((convolution) => rowsOf(gpu, row, convolution, size, allVariants));
  return [
    ...rows({
      ...{ pass: forwardPass, operation: 'conv2d.forward' },
      storages: (buffers, shape) => inputs(buffers, shape),
    }),
    ...rows({
      ...{ pass: forwardPass, operation: 'conv2d.forward+norm' },
      storages: (buffers, shape) => ({ ...inputs(buffers, shape), norm: normOf(buffers, shape) }),
      extra: (shape) => floatsOf(shape).y + 4 * shape.k,
    }),
    ...rows(
      {
        operation: 'conv2d.backward-data',
        pass: backwardDataPass,
        storages: (buffers, shape) => {
          const floats = floatsOf(shape);
          const [dy, weight] = [buffers.floats(floats.y), buffers.floats(floats.weight)];
          return { dy, weight, dx: buffers.empty(floats.x * WORD) };
        },
      },
      within,
    ),
    ...rows({
      operation: 'conv2d.backward-weight',
      pass: backwardWeightPass,
      storages: (buffers, shape) => {
        const floats = floatsOf(shape);
        const [x, dy] = [buffers.floats(floats.x), buffers.floats(floats.y)];
        return { x, dy, dWeight: buffers.empty(floats.weight * WORD) };
      },
    }),
  ];
}

function rowsOf<S>(
  gpu: Gpu,
  { operation, pass, storages, extra }: Row<S>,
  { name, ...convolution }: Conv2dCase,
  size: NetworkSize,
  allVariants: boolean,
): Benchmark[] {
  const { x, weight, y } = floatsOf(convolution);
  const shape = shapeName(name, size);
  const bytes = (x + weight + y + (extra?.(convolution) ?? 0)) * WORD;
  const suiting = pass.algorithms.filter((algorithm) => algorithm.suits(gpu, convolution));
  return (allVariants ? suiting : [chooseAlgorithm(gpu, pass, convolution)]).map((algorithm) =>
    kernelBenchmark({
      ...{ operation, shape, variant: algorithm.name, group: `${operation} ${shape}` },
      ...(allVariants && { asked: algorithm.name }),
      work: { flops: conv2dFlops(convolution), bytes },
      prepare: (gpu, buffers) => {
        const given = storages(buffers, convolution);
        return () => algorithm.run(gpu, given, convolution);
      },
    }),
  );
}

function inputs(buffers: Buffers, shape: Conv2dShape) {
  const floats = floatsOf(shape);
  const [x, weight] = [buffers.floats(floats.x), buffers.floats(floats.weight)];
  return { x, weight, y: buffers.empty(floats.y * WORD) };
}

/** Running statistics, shortcut and ReLU in the kernel: what evaluation and frozen layers run. */
function normOf(buffers: Buffers, shape: Conv2dShape) {
  const { k } = shape;
  const [mean, beta] = [buffers.floats(k), buffers.floats(k)];
  const [variance, gamma] = [buffers.floats(k, [0.5, 2]), buffers.floats(k, [0.5, 2])];
  return { mean, variance, gamma, beta, eps: 1e-5, residual: buffers.floats(floatsOf(shape).y), relu: true };
}

function floatsOf(shape: Conv2dShape): { x: number; weight: number; y: number } {
  const { n, h, w, c, k, r, s } = shape;
  const { oh, ow } = outputSize(shape);
  return { x: n * h * w * c, weight: r * s * c * k, y: n * oh * ow * k };
}
