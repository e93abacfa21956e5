// ResNet-18's two pools, forwards and backwards.
import { resnet18Cases as averageCases } from '../../kernels/avg-pool/cases.ts';
import { avgPoolBackward, avgPoolForward } from '../../kernels/avg-pool/index.ts';
import { resnet18Cases as maximumCases } from '../../kernels/max-pool/cases.ts';
import {
  maxPoolArgmaxBytes,
  maxPoolBackward,
  maxPoolForward,
  maxPoolOutput,
} from '../../kernels/max-pool/index.ts';
import type { Benchmark } from '../benchmark.ts';
import { kernelBenchmark, shapeName, WORD, type NetworkSize } from './kernel-benchmark.ts';

export function poolBenchmarks(size: NetworkSize): Benchmark[] {
  return [...maximumBenchmarks(size), ...averageBenchmarks(size)];
}

function maximumBenchmarks(size: NetworkSize): Benchmark[] {
  return maximumCases(size).flatMap(({ name, ties: _ties, ...pool }) => {
    const out = maxPoolOutput(pool);
    const input = pool.n * pool.h * pool.w * pool.c;
    const output = pool.n * out.h * out.w * pool.c;
    const argmaxBytes = maxPoolArgmaxBytes(pool);
    const about = { shape: shapeName(name, size) };
    const bytes = (input + output) * WORD + argmaxBytes;
    return [
      kernelBenchmark({
        ...{ ...about, operation: 'max-pool.forward' },
        work: { flops: output * pool.kernel ** 2, bytes },
        prepare: (gpu, buffers) => {
          const [y, argmax] = [buffers.empty(output * WORD), buffers.empty(argmaxBytes)];
          const storages = { x: buffers.floats(input), y, argmax };
          return () => maxPoolForward(gpu, storages, pool);
        },
      }),
      kernelBenchmark({
        ...{ ...about, operation: 'max-pool.backward' },
        work: { flops: output, bytes },
        prepare: (gpu, buffers) => {
          const argmax = buffers.holding(new Uint8Array(argmaxBytes).map((_, i) => i % pool.kernel ** 2));
          const storages = { dy: buffers.floats(output), argmax, dx: buffers.empty(input * WORD) };
          return () => maxPoolBackward(gpu, storages, pool);
        },
      }),
    ];
  });
}

function averageBenchmarks(size: NetworkSize): Benchmark[] {
  return averageCases(size).flatMap(({ name, ...pool }) => {
    const output = pool.n * pool.c;
    const input = output * pool.h * pool.w;
    const about = {
      shape: shapeName(name, size),
      work: { flops: input, bytes: (input + output) * WORD },
    };
    return [
      kernelBenchmark({
        ...{ ...about, operation: 'avg-pool.forward' },
        prepare: (gpu, buffers) => {
          const storages = { x: buffers.floats(input), y: buffers.empty(output * WORD) };
          return () => avgPoolForward(gpu, storages, pool);
        },
      }),
      kernelBenchmark({
        ...{ ...about, operation: 'avg-pool.backward' },
        prepare: (gpu, buffers) => {
          const storages = { dy: buffers.floats(output), dx: buffers.empty(input * WORD) };
          return () => avgPoolBackward(gpu, storages, pool);
        },
      }),
    ];
  });
}
