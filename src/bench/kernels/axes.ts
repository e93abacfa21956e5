// Operations that repeat a tensor along axes or reduce it along one: a gate for each channel of each image forwards and backwards, as
// squeeze-and-excitation has it, a bias for each channel, softmax and layer norm over the channels of each pixel, and dropout.
import { broadcast } from '../../kernels/broadcast/index.ts';
import { dropout } from '../../kernels/dropout/index.ts';
import { layerNormBackward, layerNormForward } from '../../kernels/layer-norm/index.ts';
import { softmax, softmaxBackward } from '../../kernels/softmax/index.ts';
import { sumAxes } from '../../kernels/sum/index.ts';
import { activationsOf } from '../../networks/resnet/activations.ts';
import { geometries } from '../../networks/resnet/geometry.ts';
import type { Benchmark } from '../benchmark.ts';
import {
  kernelBenchmark,
  shapeName,
  WORD,
  type KernelBenchmark,
  type NetworkSize,
} from './kernel-benchmark.ts';

interface Images {
  readonly n: number;
  readonly pixels: number;
  readonly c: number;
}

interface AxisBenchmark {
  readonly operation: string;
  /** Tensors of the activation's size that are read or written, and operations on each of its elements. */
  readonly tensors: number;
  readonly flops: number;
  readonly prepare: (images: Images) => KernelBenchmark['prepare'];
}

const benchmarks: readonly AxisBenchmark[] = [
  {
    ...{ operation: 'broadcast.mul', tensors: 2, flops: 1 },
    prepare:
      ({ n, pixels, c }) =>
      (gpu, buffers) => {
        const [a, b] = [buffers.floats(n * pixels * c), buffers.floats(n * c)];
        const storages = { a, b, y: buffers.empty(n * pixels * c * WORD) };
        const shapes = { a: [n, pixels, c], b: [n, 1, c], y: [n, pixels, c] };
        return () => broadcast(gpu, 'mul', storages, shapes);
      },
  },
  {
    ...{ operation: 'broadcast.add', tensors: 2, flops: 1 },
    prepare:
      ({ n, pixels, c }) =>
      (gpu, buffers) => {
        const [a, b] = [buffers.floats(n * pixels * c), buffers.floats(c)];
        const storages = { a, b, y: buffers.empty(n * pixels * c * WORD) };
        return () => broadcast(gpu, 'add', storages, { a: [n, pixels, c], b: [c], y: [n, pixels, c] });
      },
  },
  {
    ...{ operation: 'sum.products', tensors: 2, flops: 2 },
    prepare:
      ({ n, pixels, c }) =>
      (gpu, buffers) => {
        const [x, times] = [buffers.floats(n * pixels * c), buffers.floats(n * pixels * c)];
        const storages = { x, times, y: buffers.empty(n * c * WORD) };
        return () => sumAxes(gpu, storages, [n, pixels, c], [1]);
      },
  },
  {
    ...{ operation: 'sum', tensors: 1, flops: 1 },
    prepare:
      ({ n, pixels, c }) =>
      (gpu, buffers) => {
        const storages = { x: buffers.floats(n * pixels * c), y: buffers.empty(c * WORD) };
        return () => sumAxes(gpu, storages, [n * pixels, c], [0]);
      },
  },
  ...[false, true].map((isBackward): AxisBenchmark => ({
    ...{ operation: `softmax.${isBackward ? 'backward' : 'forward'}` },
    ...{ tensors: isBackward ? 3 : 2, flops: isBackward ? 4 : 8 },
    prepare:
      ({ n, pixels, c }) =>
      (gpu, buffers) => {
        const shape = { outer: n * pixels, length: c, inner: 1 };
        const count = n * pixels * c;
        const [x, dy, into] = [buffers.floats(count), buffers.floats(count), buffers.empty(count * WORD)];
        if (isBackward) return () => softmaxBackward(gpu, { dy, y: x, dx: into }, shape);
        return () => softmax(gpu, { x, y: into }, shape);
      },
  })),
  ...[false, true].map((isBackward): AxisBenchmark => ({
    ...{ operation: `layer-norm.${isBackward ? 'backward' : 'forward'}` },
    ...{ tensors: isBackward ? 3 : 2, flops: isBackward ? 14 : 8 },
    prepare:
      ({ n, pixels, c }) =>
      (gpu, buffers) => {
        const [rows, count] = [n * pixels, n * pixels * c];
        const [x, dy, into] = [buffers.floats(count), buffers.floats(count), buffers.empty(count * WORD)];
        const known = { mean: buffers.floats(rows), invStd: buffers.floats(rows, [0.5, 2]) };
        const [weight, bias] = [buffers.floats(c), buffers.floats(c)];
        const parameters = { dWeight: buffers.empty(c * WORD), dBias: buffers.empty(c * WORD) };
        const shape = { rows, length: c };
        if (isBackward)
          return () => layerNormBackward(gpu, { dy, x, ...known, weight, dx: into, ...parameters }, shape);
        return () => layerNormForward(gpu, { x, ...known, weight, bias, y: into }, shape, { eps: 1e-5 });
      },
  })),
  {
    ...{ operation: 'dropout', tensors: 2, flops: 1 },
    prepare:
      ({ n, pixels, c }) =>
      (gpu, buffers) => {
        const count = n * pixels * c;
        const storages = { x: buffers.floats(count), y: buffers.empty(count * WORD) };
        return () => dropout(gpu, storages, count, { p: 0.2, key: [1, 0] });
      },
  },
];

export function axisBenchmarks(size: NetworkSize): Benchmark[] {
  const { stem, stages } = activationsOf(geometries.resnet18, size.size);
  return benchmarks.flatMap(({ operation, tensors, flops, prepare }) =>
    [stem, stages[0], stages[3]].map(({ name, side, channels }) => {
      const images = { n: size.batch, pixels: side * side, c: channels };
      const count = images.n * images.pixels * images.c;
      return kernelBenchmark({
        ...{ operation, shape: shapeName(name, size) },
        work: { flops: flops * count, bytes: tensors * count * WORD },
        prepare: prepare(images),
      });
    }),
  );
}
