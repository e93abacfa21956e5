// What batch norm inside the convolution's kernel saves: ResNet-18's features in evaluation, with each convolution and batch norm as
// one kernel and as two. docs/decisions.md has the numbers.
import { Tensor } from '../../autograd/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { resnet18 } from '../../networks/index.ts';
import { BatchNorm2d } from '../../nn/index.ts';
import { createRandom } from '../../random.ts';
import type { Benchmark } from '../benchmark.ts';
import { Buffers } from '../buffers.ts';
import { RecordedSubject, type Recorded } from '../measure.ts';
import { resnet18Flops } from './flops.ts';

const SIZES = [
  { batch: 8, size: 64 },
  { batch: 8, size: 128 },
  { batch: 8, size: 160 },
  { batch: 32, size: 128 },
];

export function fusedNormBenchmarks(): Benchmark[] {
  return SIZES.flatMap(({ batch, size }) =>
    (['one-kernel', 'two-kernels'] as const).map((way): Benchmark => {
      const shape = `${batch}×${size}²`;
      return {
        ...{ operation: `fused-norm.${way}`, shape, group: `fused-norm ${shape}`, variant: 'ResNet-18' },
        ...{
          images: batch,
          when: 'asked',
          work: { flops: resnet18Flops({ batch, size }, 0, 'nothing'), bytes: 0 },
        },
        open: (gpu, timing) =>
          RecordedSubject.open(gpu, features(gpu, batch, size, way === 'one-kernel'), timing),
      };
    }),
  );
}

function features(gpu: Gpu, batch: number, size: number, fused: boolean): Recorded {
  const model = resnet18(gpu, 10).eval();
  model.initialise(createRandom(1));
  const buffers = new Buffers(gpu);
  const images = new Tensor(gpu, [batch, size, size, 3], buffers.floats(batch * size * size * 3));
  for (const norm of fused ? [] : model.modules().filter((module) => module instanceof BatchNorm2d))
    norm.fused = false;
  const close = () => {
    model.dispose();
    buffers.release();
  };
  return { record: () => model.features(images), close };
}
