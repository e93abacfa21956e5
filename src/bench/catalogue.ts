// What is measured wherever there is a device, by parts: kernels, whole networks, how cost grows, the ladders, and studies of single
// decisions. A face shows them in its order, and may have benchmarks of its own beside them.
import type { Gpu } from '../gpu/index.ts';
import type { Benchmark } from './benchmark.ts';
import { axisBenchmarks } from './kernels/axes.ts';
import { batchNormBenchmarks } from './kernels/batch-norm.ts';
import { conv2dBenchmarks } from './kernels/conv2d.ts';
import { depthwiseBenchmarks } from './kernels/depthwise.ts';
import { elementwiseBenchmarks } from './kernels/elementwise.ts';
import { headBenchmarks } from './kernels/head.ts';
import type { NetworkSize } from './kernels/kernel-benchmark.ts';
import { optimizerBenchmarks } from './kernels/optimizer.ts';
import { poolBenchmarks } from './kernels/pool.ts';
import { preprocessBenchmarks } from './kernels/preprocess.ts';
import { ladderBenchmarks } from './ladder.ts';
import { fusedNormBenchmarks } from './models/fused-norm.ts';
import { mobileNetBenchmarks, networkBenchmarks } from './models/network.ts';
import { scalingBenchmarks } from './models/scaling.ts';

export interface CatalogueOptions {
  /** Images and pixels that the kernels' shapes come from. */
  readonly kernels: NetworkSize;
  /** Those of whole networks. */
  readonly networks: readonly NetworkSize[];
  /** Every convolution algorithm that the adapter can run, in place of the one that the engine would choose. */
  readonly allVariants: boolean;
}

export const PARTS = ['kernels', 'networks', 'scaling', 'ladders', 'studies'] as const;
export type Part = (typeof PARTS)[number];

export function catalogue(
  gpu: Gpu,
  { kernels: size, networks, allVariants }: CatalogueOptions,
): Readonly<Record<Part, readonly Benchmark[]>> {
  return {
    kernels: [
      ...conv2dBenchmarks(gpu, size, allVariants),
      ...depthwiseBenchmarks(size.batch),
      ...headBenchmarks(size.batch),
      ...batchNormBenchmarks(size),
      ...elementwiseBenchmarks(size),
      ...axisBenchmarks(size),
      ...poolBenchmarks(size),
      ...optimizerBenchmarks(),
      ...preprocessBenchmarks(size),
    ],
    networks: [
      ...networks.flatMap((size) => networkBenchmarks(gpu, size)),
      ...networks.slice(-1).flatMap((size) => mobileNetBenchmarks(size)),
    ],
    scaling: scalingBenchmarks(),
    ladders: ladderBenchmarks(gpu),
    studies: fusedNormBenchmarks(),
  };
}
