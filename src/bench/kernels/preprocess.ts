// From the bytes of photos to what the network sees: plain, and with everything that augmentation can do.
import { centreCrop, imageStride, preprocess, type Augmentation } from '../../kernels/preprocess/index.ts';
import { createRandom } from '../../random.ts';
import type { Benchmark } from '../benchmark.ts';
import { kernelBenchmark, shapeName, WORD, type NetworkSize } from './kernel-benchmark.ts';

/** Photos come with a margin to crop from. */
const MARGIN = 1.15;

export function preprocessBenchmarks({ batch, size }: NetworkSize): Benchmark[] {
  const side = Math.round(size * MARGIN);
  const shape = { images: batch, n: batch, h: side, w: side, oh: size, ow: size };
  const plain = centreCrop(shape);
  const augmented: Augmentation = {
    crop: { x: 1.5, y: 2.5, width: size - 4, height: size - 6 },
    ...{ rotation: 0.1, flip: true, brightness: 1.1, contrast: 0.9, saturation: 1.2 },
    order: ['brightness', 'contrast', 'saturation'],
  };
  return Object.entries({ plain, augmented }).map(([name, augmentation]) =>
    kernelBenchmark({
      ...{ operation: 'preprocess', shape: shapeName(name, { batch, size }) },
      // A photo's bytes within the crop, and three floats per pixel; about twenty operations each for resampling and colours.
      work: {
        flops: batch * size * size * 3 * (name === 'plain' ? 2 : 40),
        bytes: batch * size * size * 3 * (1 + WORD),
      },
      prepare: (gpu, buffers) => {
        const random = createRandom(1);
        const bytes = new Uint8Array(batch * imageStride(shape)).map(() => random.below(256));
        const storages = { pixels: buffers.holding(bytes), y: buffers.empty(batch * size * size * 3 * WORD) };
        const jobs = Array.from({ length: batch }, (_, i) => ({
          source: i,
          destination: i,
          ...augmentation,
        }));
        return () => preprocess(gpu, storages, shape, jobs);
      },
    }),
  );
}
