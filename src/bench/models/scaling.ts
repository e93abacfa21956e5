// Whether cost grows as the work does: the same network at more images and at larger ones. Told are the time a pixel, as a share of its
// median over the row of sizes, and the straight line through the times: what is paid whatever the size, and what a pixel costs.
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

/** Time a pixel of each row as a share of the median one: all 1 where cost is in proportion. Rows of one batch size compare images alike. */
export function evenness(rows: readonly Row[]): number[] {
  const cost = rows.map(timeAndPixels).map(({ time, pixels }) => time / pixels);
  const middle = median(cost);
  return cost.map((one) => one / middle);
}

/** A straight line through the times of rows. */
export interface Line {
  /** Milliseconds whatever the size: of transformed weights, dispatches, the optimizer. */
  readonly fixed: number;
  /** Milliseconds a pixel of an image. */
  readonly perPixel: number;
  /** How far the farthest row is off, as a share of its time. */
  readonly worst: number;
}

/** The line fixed + perPixel · pixels whose relative errors have the least squares, so that small sizes count as much as large ones. */
export function lineThrough(rows: readonly Row[]): Line {
  const points = rows.map(timeAndPixels);
  // With u = 1 / time and v = pixels / time, Σ (fixed·u + perPixel·v − 1)² is least where its two derivatives are zero.
  let [uu, uv, vv, u1, v1] = [0, 0, 0, 0, 0];
  for (const { time, pixels } of points) {
    const [u, v] = [1 / time, pixels / time];
    [uu, uv, vv, u1, v1] = [uu + u * u, uv + u * v, vv + v * v, u1 + u, v1 + v];
  }
  const determinant = uu * vv - uv * uv;
  const fixed = (u1 * vv - v1 * uv) / determinant;
  const perPixel = (v1 * uu - u1 * uv) / determinant;
  const off = points.map(({ time, pixels }) => Math.abs((fixed + perPixel * pixels) / time - 1));
  return { fixed, perPixel, worst: Math.max(...off) };
}

/** Milliseconds of a row, and pixels of all its images. */
function timeAndPixels({ wall, images = 1, shape }: Row): { time: number; pixels: number } {
  const side = Number(/×(\d+)²/.exec(shape)?.[1] ?? 1);
  return { time: median(wall), pixels: images * side * side };
}
