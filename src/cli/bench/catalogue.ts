// All benchmarks but the ceilings, in the order in which they are shown: kernels first, then whole networks, then the ladders and
// studies of single decisions, which run only where they are asked for. Two of them only a terminal can run: a process's first step,
// and how Node waits.
import { catalogue, type CatalogueOptions } from '../../bench/catalogue.ts';
import type { Benchmark } from '../../bench/benchmark.ts';
import type { Gpu } from '../../gpu/index.ts';
import { firstStepBenchmarks } from './first-step.ts';
import { waitBenchmarks } from './wait.ts';

export function terminalCatalogue(gpu: Gpu, options: CatalogueOptions, want?: string): Benchmark[] {
  const { kernels, networks, scaling, ladders, studies } = catalogue(gpu, options);
  const firstStep = firstStepBenchmarks(options.kernels, want);
  return [...kernels, ...networks, ...firstStep, ...scaling, ...ladders, ...waitBenchmarks(gpu), ...studies];
}
