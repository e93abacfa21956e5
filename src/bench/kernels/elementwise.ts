// Operations on every element of the activations, at the largest and at the smallest ones of ResNet-18.
import {
  activate,
  activateBackward,
  activationNames,
  activationOf,
} from '../../kernels/elementwise/activate.ts';
import { accumulate, add } from '../../kernels/elementwise/index.ts';
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

/** `tensors`: how many of the activation's size are read or written. */
interface Map {
  readonly operation: string;
  readonly tensors: number;
  readonly prepare: (count: number) => KernelBenchmark['prepare'];
}

const maps: readonly Map[] = [
  ...activationNames.flatMap((name): Map[] => [
    {
      ...{ operation: `elementwise.${name}`, tensors: 2 },
      prepare: (count) => (gpu, buffers) => {
        const storages = { x: buffers.floats(count), y: buffers.empty(count * WORD) };
        return () => activate(gpu, name, storages, count);
      },
    },
    {
      ...{ operation: `elementwise.${name}-backward`, tensors: 3 },
      prepare: (count) => (gpu, buffers) => {
        const [dy, known] = [buffers.floats(count), buffers.floats(count)];
        const storages = { dy, [activationOf(name).by]: known, dx: buffers.empty(count * WORD) };
        return () => activateBackward(gpu, name, storages, count);
      },
    },
  ]),
  {
    ...{ operation: 'elementwise.add', tensors: 3 },
    prepare: (count) => (gpu, buffers) => {
      const [a, b] = [buffers.floats(count), buffers.floats(count)];
      const storages = { a, b, y: buffers.empty(count * WORD) };
      return () => add(gpu, storages, count);
    },
  },
  {
    ...{ operation: 'elementwise.accumulate', tensors: 3 },
    prepare: (count) => (gpu, buffers) => {
      const storages = { x: buffers.floats(count), y: buffers.floats(count) };
      return () => accumulate(gpu, storages, count);
    },
  },
];

export function elementwiseBenchmarks(size: NetworkSize): Benchmark[] {
  const { stem, stages } = activationsOf(geometries.resnet18, size.size);
  const activations = [stem, stages[0], stages[3]];
  return maps.flatMap(({ operation, tensors, prepare }) =>
    activations.map(({ name, side, channels }) => {
      const count = size.batch * side * side * channels;
      return kernelBenchmark({
        ...{ operation, shape: shapeName(name, size) },
        work: { flops: count, bytes: tensors * count * WORD },
        prepare: prepare(count),
      });
    }),
  );
}
