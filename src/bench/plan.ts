// Which rows run, in which groups, and how long each group may take.
import type { Benchmark } from './benchmark.ts';
import { matching } from './filter.ts';
import type { NetworkSize } from './kernels/kernel-benchmark.ts';

/** What is asked of a run; all of it is optional. */
export interface PlanOptions {
  /** Only rows that have all words of this in their name. */
  readonly filter?: string;
  /** A few short rounds. */
  readonly quick?: boolean;
  /** Images of a batch, and pixels a side. */
  readonly batch?: number;
  readonly size?: number;
}

/** Batches and sizes that networks are measured at where none is asked for. */
const NETWORKS: readonly NetworkSize[] = [
  { batch: 8, size: 64 },
  { batch: 8, size: 128 },
  { batch: 32, size: 128 },
];
const KERNELS: NetworkSize = { batch: 8, size: 128 };

/** The sizes that follow from the options. */
export function sizesFor({ batch, size, quick }: Pick<PlanOptions, 'batch' | 'size' | 'quick'>): {
  readonly kernels: NetworkSize;
  readonly networks: readonly NetworkSize[];
} {
  const kernels = { batch: batch ?? KERNELS.batch, size: size ?? KERNELS.size };
  const networks =
    batch === undefined && size === undefined ? NETWORKS.slice(0, quick ? 1 : undefined) : [kernels];
  return { kernels, networks };
}

/**
 * The groups to run, in order. What runs only when it is asked for is so by a name that its own begins with, or that is no other
 * row's: `conv2d` does not mean `ladder.conv2d`. Throws `BenchError` for names that are no row's.
 */
export function planGroups(
  all: readonly Benchmark[],
  names: readonly string[],
  { filter, quick }: Pick<PlanOptions, 'filter' | 'quick'>,
): Benchmark[][] {
  const isAsked = names.length > 0 || filter !== undefined;
  const begins = (operation: string) => names.some((name) => operation.startsWith(name.toLowerCase()));
  const found = matching(all, names, filter);
  const rows = found.filter(({ when, operation }) =>
    when === 'asked' ? begins(operation) : when === undefined || isAsked || !quick,
  );
  return groupsOf(rows.length > 0 || !isAsked ? rows : found);
}

export function groupsOf(benchmarks: readonly Benchmark[]): Benchmark[][] {
  const groups = new Map<string, Benchmark[]>();
  for (const benchmark of benchmarks) {
    const group = groups.get(benchmark.group);
    if (group) group.push(benchmark);
    else groups.set(benchmark.group, [benchmark]);
  }
  return [...groups.values()];
}

/** A row of a network takes about as long as so many kernels'. */
const NETWORK_WEIGHT = 8;

/** Of `seconds` that are left for `groups`, the part that the first of them may take. */
export function secondsForFirst(groups: readonly (readonly Benchmark[])[], seconds: number): number {
  const weight = (group: readonly Benchmark[]) =>
    group.reduce((sum, { images }) => sum + (images === undefined ? 1 : NETWORK_WEIGHT), 0);
  const [first = [], ...others] = groups;
  const all = weight(first) + others.reduce((sum, group) => sum + weight(group), 0);
  return Math.max(0, (seconds * weight(first)) / all);
}
