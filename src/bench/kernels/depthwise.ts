// MobileNetV3's depthwise convolutions, each pass of them, at photos of 224 pixels: a copy's rate is what they are held against.
import { mobilenetCases, type GroupedConv2dCase } from '../../kernels/grouped-conv2d/cases.ts';
import {
  groupedBackwardData,
  groupedBackwardWeight,
  groupedFlops,
  groupedForward,
} from '../../kernels/grouped-conv2d/index.ts';
import { elementsOf } from '../../kernels/grouped-conv2d/shape.ts';
import type { Benchmark } from '../benchmark.ts';
import { kernelBenchmark, WORD } from './kernel-benchmark.ts';

export const depthwiseBenchmarks = (batch: number): Benchmark[] => mobilenetCases(batch).flatMap(rowsOf);

function rowsOf({ name, ...shape }: GroupedConv2dCase): Benchmark[] {
  const floats = elementsOf(shape);
  const bytes = (floats.x + floats.weight + floats.y) * WORD;
  const title = `${shape.n} × ${name}`;
  const about = { shape: title, group: `depthwise ${title}`, work: { flops: groupedFlops(shape), bytes } };
  return [
    kernelBenchmark({
      ...{ ...about, operation: 'depthwise.forward' },
      prepare: (gpu, buffers) => {
        const [x, weight] = [buffers.floats(floats.x), buffers.floats(floats.weight)];
        const storages = { x, weight, y: buffers.empty(floats.y * WORD) };
        return () => groupedForward(gpu, storages, shape);
      },
    }),
    kernelBenchmark({
      ...{ ...about, operation: 'depthwise.backward-data' },
      prepare: (gpu, buffers) => {
        const [dy, weight] = [buffers.floats(floats.y), buffers.floats(floats.weight)];
        const storages = { dy, weight, dx: buffers.empty(floats.x * WORD) };
        return () => groupedBackwardData(gpu, storages, shape);
      },
    }),
    kernelBenchmark({
      ...{ ...about, operation: 'depthwise.backward-weight' },
      prepare: (gpu, buffers) => {
        const [x, dy] = [buffers.floats(floats.x), buffers.floats(floats.y)];
        const storages = { x, dy, dWeight: buffers.empty(floats.weight * WORD) };
        return () => groupedBackwardWeight(gpu, storages, shape);
      },
    }),
  ];
}
