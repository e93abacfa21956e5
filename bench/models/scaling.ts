// Whether cost grows as the work does: the same network at more images and at larger ones. What matters is time an image and
// time a pixel, as a share of their median over the row of sizes; docs/decisions.md says how even they should be.
import type { Benchmark, Row } from '../benchmark.ts';
import { median } from '../statistics.ts';
import { forwardPass, networkBenchmark, trainingStep } from './network.ts';
import { resnet18Flops } from './flops.ts';

const BATCHES = [8, 16, 32, 64].map((batch) => ({ batch, size: 64 }));
const SIZES = [64, 96, 128, 160, 192, 224].map((size) => ({ batch: 8, size }));
const CLASSES = 10;

/** Forward passes; training steps of the whole network where they are asked for. */
export function scalingBenchmarks(): Benchmark[] {
  return (['forward', 'all'] as const).flatMap((what) =>
    Object.entries({ images: BATCHES, pixels: SIZES }).flatMap(([axis, sizes]) =>
      sizes.map((size) => {
        const operation = `scaling.${axis}`;
        const shape = `${what} ${size.batch}×${size.size}²`;
        const trained = what === 'forward' ? 'nothing' : 'all';
        const about = { operation, shape, group: `${operation} ${what}` };
        return networkBenchmark(
          { ...about, when: what === 'forward' ? 'not quick' : 'asked' },
          size.batch,
          resnet18Flops(size, CLASSES, trained),
          (gpu) => (what === 'forward' ? forwardPass(gpu, size) : trainingStep(gpu, size, 'all')),
        );
      }),
    ),
  );
}

/** Time a pixel of each row as a share of the median one: all 1 where cost is linear. Rows of one batch size compare images alike. */
export function evenness(rows: readonly Row[]): number[] {
  const cost = rows.map(({ wall, images = 1, shape }) => {
    const side = Number(/×(\d+)²/.exec(shape)?.[1] ?? 1);
    return median(wall) / (images * side * side);
  });
  const middle = median(cost);
  return cost.map((one) => one / middle);
}
