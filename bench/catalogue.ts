// All benchmarks but the ceilings, in the order in which they are shown: kernels first, then whole networks, then the ladders and
// studies of single decisions, which run only where they are asked for.
import type { Gpu } from '../src/gpu/index.ts';
import type { Benchmark } from './benchmark.ts';
import { batchNormBenchmarks } from './kernels/batch-norm.ts';
import { conv2dBenchmarks } from './kernels/conv2d.ts';
import { elementwiseBenchmarks } from './kernels/elementwise.ts';
import { headBenchmarks } from './kernels/head.ts';
import type { NetworkSize } from './kernels/kernel-benchmark.ts';
import { optimizerBenchmarks } from './kernels/optimizer.ts';
import { poolBenchmarks } from './kernels/pool.ts';
import { preprocessBenchmarks } from './kernels/preprocess.ts';
import { ladderBenchmarks } from './ladder.ts';
import { firstStepBenchmarks } from './models/first-step.ts';
import { networkBenchmarks } from './models/network.ts';
import { scalingBenchmarks } from './models/scaling.ts';
import { fusedNormBenchmarks } from './studies/fused-norm.ts';
import { waitBenchmarks } from './studies/wait.ts';

export interface CatalogueOptions {
  /** Images and pixels that the kernels' shapes come from. */
  readonly kernels: NetworkSize;
  /** Those of whole networks. */
  readonly networks: readonly NetworkSize[];
  /** Every convolution algorithm that the adapter can run, in place of the one that the engine would choose. */
  readonly allVariants: boolean;
}

export function catalogue(gpu: Gpu, { kernels: size, networks, allVariants }: CatalogueOptions): Benchmark[] {
  return [
    ...conv2dBenchmarks(gpu, size, allVariants),
    ...headBenchmarks(size.batch),
    ...batchNormBenchmarks(size),
    ...elementwiseBenchmarks(size),
    ...poolBenchmarks(size),
    ...optimizerBenchmarks(),
    ...preprocessBenchmarks(size),
    ...networks.flatMap((size) => networkBenchmarks(gpu, size)),
    ...firstStepBenchmarks(size),
    ...scalingBenchmarks(),
    ...ladderBenchmarks(gpu),
    ...waitBenchmarks(gpu),
    ...fusedNormBenchmarks(),
  ];
}
