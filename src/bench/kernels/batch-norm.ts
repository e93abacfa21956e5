// ResNet-18's batch norms, as training runs them: statistics of the batch, the normalisation with ReLU and shortcut fused in, and
// the way back. Bytes are counted once for each pass that the formula needs: backwards that is two, since sums over all rows come first.
import { resnet18Cases } from '../../kernels/batch-norm/cases.ts';
import { batchNormBackward, batchNormForward, batchNormStatistics } from '../../kernels/batch-norm/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Buffers } from '../buffers.ts';
import { kernelBenchmark, shapeName, WORD, type NetworkSize } from './kernel-benchmark.ts';

interface Matrix {
  readonly rows: number;
  readonly channels: number;
}

interface Pass {
  readonly operation: string;
  /** Tensors of x's size that are read or written, and operations per element. */
  readonly tensors: number;
  readonly flops: number;
  prepare(gpu: Gpu, buffers: Buffers, matrix: Matrix): () => void;
}

const passes: readonly Pass[] = [
  {
    operation: 'batch-norm.statistics',
    ...{ tensors: 1, flops: 3 },
    prepare: (gpu, buffers, { rows, channels }) => {
      const x = buffers.floats(rows * channels);
      const [mean, invStd] = [buffers.empty(channels * WORD), buffers.empty(channels * WORD)];
      const [runningMean, runningVar] = [buffers.floats(channels), buffers.floats(channels)];
      const storages = { x, mean, invStd, runningMean, runningVar };
      return () => batchNormStatistics(gpu, storages, { rows, channels, eps: 1e-5, momentum: 0.1 });
    },
  },
  {
    operation: 'batch-norm.forward',
    ...{ tensors: 2, flops: 3 },
    prepare: (gpu, buffers, { rows, channels }) => {
      const storages = { x: buffers.floats(rows * channels), ...perChannel(buffers, channels) };
      const y = buffers.empty(rows * channels * WORD);
      return () => batchNormForward(gpu, { ...storages, y }, { rows, channels, relu: true });
    },
  },
  {
    operation: 'batch-norm.forward+add',
    ...{ tensors: 3, flops: 4 },
    prepare: (gpu, buffers, { rows, channels }) => {
      const [x, residual] = [buffers.floats(rows * channels), buffers.floats(rows * channels)];
      const y = buffers.empty(rows * channels * WORD);
      const storages = { x, residual, y, ...perChannel(buffers, channels) };
      return () => batchNormForward(gpu, storages, { rows, channels, relu: true });
    },
  },
  {
    operation: 'batch-norm.backward',
    ...{ tensors: 3 + 4, flops: 10 }, // the sums read dy, y and x; the gradient reads them again and writes dx
    prepare: (gpu, buffers, { rows, channels }) => {
      const [x, y, dy] = [1, 2, 3].map(() => buffers.floats(rows * channels)) as [Floats, Floats, Floats];
      const dx = buffers.empty(rows * channels * WORD);
      const [dWeight, dBias] = [buffers.empty(channels * WORD), buffers.empty(channels * WORD)];
      const { bias: _bias, ...given } = perChannel(buffers, channels);
      const storages = { x, y, dy, dx, dWeight, dBias, ...given };
      return () => batchNormBackward(gpu, storages, { rows, channels, relu: true, mode: 'batch' });
    },
  },
];

type Floats = ReturnType<Buffers['floats']>;

const perChannel = (buffers: Buffers, channels: number) => ({
  mean: buffers.floats(channels),
  invStd: buffers.floats(channels, [0.5, 2]),
  weight: buffers.floats(channels, [0.5, 2]),
  bias: buffers.floats(channels),
});

export function batchNormBenchmarks(size: NetworkSize): Benchmark[] {
  return passes.flatMap(({ operation, tensors, flops, prepare }) =>
    resnet18Cases(size).map(({ name, n, h, w, c: channels }) => {
      const rows = n * h * w;
      const elements = rows * channels;
      return kernelBenchmark({
        ...{ operation, shape: shapeName(name, size) },
        work: { flops: flops * elements, bytes: tensors * elements * WORD },
        prepare: (gpu, buffers) => prepare(gpu, buffers, { rows, channels }),
      });
    }),
  );
}
