// The head of the network: the fully connected layer for ten and for a thousand classes, and the losses on its logits.
import { resnet18Cases } from '../../kernels/linear/cases.ts';
import { linearBackward, linearForward } from '../../kernels/linear/index.ts';
import { bceWithLogits, softmaxCrossEntropy } from '../../kernels/loss/index.ts';
import type { Benchmark } from '../benchmark.ts';
import { kernelBenchmark, WORD } from './kernel-benchmark.ts';

const CLASSES = [10, 1000];

export function headBenchmarks(batch: number): Benchmark[] {
  return [...CLASSES.flatMap((classes) => linearBenchmarks(batch, classes)), ...lossBenchmarks(batch)];
}

function linearBenchmarks(batch: number, classes: number): Benchmark[] {
  return resnet18Cases({ batch, classes }).flatMap(({ name: _name, ...layer }) => {
    const { n, inFeatures, outFeatures } = layer;
    const [x, weight, y] = [n * inFeatures, outFeatures * inFeatures, n * outFeatures];
    const flops = 2 * n * inFeatures * outFeatures;
    const shape = `${n}×${inFeatures} → ${outFeatures}`;
    return [
      kernelBenchmark({
        ...{ operation: 'linear.forward', shape },
        work: { flops, bytes: (x + weight + outFeatures + y) * WORD },
        prepare: (gpu, buffers) => {
          const given = {
            x: buffers.floats(x),
            weight: buffers.floats(weight),
            bias: buffers.floats(outFeatures),
          };
          const storages = { ...given, y: buffers.empty(y * WORD) };
          return () => linearForward(gpu, storages, layer);
        },
      }),
      kernelBenchmark({
        ...{ operation: 'linear.backward', shape },
        // dx and dWeight, a product each; dy is read for both.
        work: { flops: 2 * flops, bytes: (2 * y + 2 * x + 2 * weight + outFeatures) * WORD },
        prepare: (gpu, buffers) => {
          const given = { dy: buffers.floats(y), x: buffers.floats(x), weight: buffers.floats(weight) };
          const [dx, dWeight] = [buffers.empty(x * WORD), buffers.empty(weight * WORD)];
          const storages = { ...given, dx, dWeight, dBias: buffers.empty(outFeatures * WORD) };
          return () => linearBackward(gpu, storages, layer);
        },
      }),
    ];
  });
}

/** Logits in, mean loss, its gradient and the number of right answers out. About ten operations a logit, an exponential among them. */
function lossBenchmarks(n: number): Benchmark[] {
  const results = (elements: number) => ({ flops: 10 * elements, bytes: 2 * elements * WORD });
  return [
    ...CLASSES.map((classes) =>
      kernelBenchmark({
        ...{ operation: 'loss.cross-entropy', shape: `${n}×${classes}` },
        work: results(n * classes),
        prepare: (gpu, buffers) => {
          const labels = buffers.holding(Uint32Array.from({ length: n }, (_, i) => i % classes));
          const outputs = { dLogits: buffers.empty(n * classes * WORD), loss: buffers.empty(WORD) };
          const storages = {
            logits: buffers.floats(n * classes),
            labels,
            ...outputs,
            correct: buffers.empty(WORD),
          };
          return () => softmaxCrossEntropy(gpu, storages, { n, classes });
        },
      }),
    ),
    kernelBenchmark({
      ...{ operation: 'loss.binary-cross-entropy', shape: `${n}` },
      work: results(n),
      prepare: (gpu, buffers) => {
        const targets = buffers.holding(Float32Array.from({ length: n }, (_, i) => i % 2));
        const outputs = { dLogits: buffers.empty(n * WORD), loss: buffers.empty(WORD) };
        const storages = { logits: buffers.floats(n), targets, ...outputs, correct: buffers.empty(WORD) };
        return () => bceWithLogits(gpu, storages, { n });
      },
    }),
  ];
}
