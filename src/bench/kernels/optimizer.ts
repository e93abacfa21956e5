// What comes after the backward pass: updates of as many parameters as the three usual choices of trained layers have, and the norm
// that gradients are clipped by.
import { adam } from '../../kernels/adam/index.ts';
import { resnet18Cases as normCases } from '../../kernels/batch-norm/cases.ts';
import { resnet18Cases as convolutionCases } from '../../kernels/conv2d/cases.ts';
import { geometries } from '../../networks/resnet/geometry.ts';
import { clipFactor } from '../../kernels/reduce/index.ts';
import { sgd } from '../../kernels/sgd/index.ts';
import { GROUP_BLOCK } from '../../kernels/update.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Buffers } from '../buffers.ts';
import { kernelBenchmark, WORD, type KernelBenchmark } from './kernel-benchmark.ts';

/** Parameters of ResNet-18 with ten classes, by what is trained: 5,130, 8,398,858 and 11,181,642. */
export function parameterCounts(): Readonly<Record<'head' | 'layer4' | 'all', number>> {
  const size = { batch: 1, size: 64 }; // decides nothing here
  const convolutions = convolutionCases(size).map(({ name, count, r, s, c, k }) => ({
    ...{ name, count: count * r * s * c * k },
  }));
  const norms = normCases(size).map(({ name, count, c }) => ({ name, count: 2 * count * c }));
  const sum = (part: string) =>
    [...convolutions, ...norms].reduce(
      (total, { name, count }) => total + (name.includes(part) ? count : 0),
      0,
    );
  const head = geometries.resnet18.features * 10 + 10;
  return { head, layer4: head + sum('layer4'), all: head + sum('') };
}

interface Update {
  readonly operation: string;
  /** Floats read and written, and operations, for each parameter. */
  readonly floats: number;
  readonly flops: number;
  readonly prepare: (count: number) => KernelBenchmark['prepare'];
}

const updates: readonly Update[] = [
  {
    ...{ operation: 'adam', floats: 7, flops: 12 },
    prepare: (count) => (gpu, buffers) => {
      const storages = {
        ...arena(buffers, count),
        m: buffers.floats(count),
        v: buffers.floats(count, [0, 1]),
      };
      const options = { learningRate: 1e-6, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
      return () => adam(gpu, storages, count, 10, options);
    },
  },
  {
    ...{ operation: 'sgd', floats: 5, flops: 5 },
    prepare: (count) => (gpu, buffers) => {
      const storages = { ...arena(buffers, count), velocity: buffers.floats(count) };
      return () => sgd(gpu, storages, count, { learningRate: 1e-6, momentum: 0.9 });
    },
  },
  {
    ...{ operation: 'clip-norm', floats: 1, flops: 2 },
    prepare: (count) => (gpu, buffers) => {
      const storages = { gradients: buffers.floats(count), factor: buffers.empty(WORD) };
      return () => clipFactor(gpu, storages, count, { maxNorm: 1 });
    },
  },
];

function arena(buffers: Buffers, count: number) {
  const groups = buffers.floats(Math.ceil(count / GROUP_BLOCK) * 2, [0, 1e-4]);
  return { parameters: buffers.floats(count), gradients: buffers.floats(count), groups };
}

export function optimizerBenchmarks(): Benchmark[] {
  // An arena has each parameter at a multiple of 64 floats.
  const counts = Object.entries(parameterCounts()).map(
    ([part, count]) => [part, Math.ceil(count / GROUP_BLOCK) * GROUP_BLOCK] as const,
  );
  return updates.flatMap(({ operation, floats, flops, prepare }) =>
    counts.map(([part, count]) =>
      kernelBenchmark({
        ...{ operation, shape: `${part}, ${count.toLocaleString('en-US')}` },
        work: { flops: flops * count, bytes: floats * count * WORD },
        prepare: prepare(count),
      }),
    ),
  );
}
