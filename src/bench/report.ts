// A report of a GPU: the run whose file stands for it in docs/gpus.md, so that files of different GPUs have the same rows. It has every
// kernel, ResNet-18 forwards and a whole training step at three batches and two sizes, and whatever the place can measure beside them.
import type { Benchmark } from './benchmark.ts';
import type { Part } from './catalogue.ts';
import type { NetworkSize } from './kernels/kernel-benchmark.ts';

const BATCHES = [1, 8, 32];
const SIDES = [128, 224];

/** A CPU takes half a minute for a step of more. Photos × pixels. */
const MOST_ON_A_CPU = 32 * 128 ** 2;

/** What a report has unless it is asked for less. Seconds, roughly. */
export const REPORT_SECONDS = 600;

/** The rows of networks that a report has; those of half precision only where the adapter has it. */
const OPERATIONS = ['network.forward', 'network.forward-half', 'network.train-all'];

/** Batches and sizes of a report's networks, the smallest first. */
export function reportSizes({ software }: { readonly software: boolean }): readonly NetworkSize[] {
  const pixels = ({ batch, size }: NetworkSize) => batch * size ** 2;
  return SIDES.flatMap((size) => BATCHES.map((batch) => ({ batch, size })))
    .filter((one) => !software || pixels(one) <= MOST_ON_A_CPU)
    .toSorted((a, b) => pixels(a) - pixels(b));
}

/** A report's rows of a catalogue that was made with its sizes. */
export const reportRows = ({
  kernels,
  networks,
}: Readonly<Record<Part, readonly Benchmark[]>>): Benchmark[] => [
  ...kernels,
  ...networks.filter(({ operation }) => OPERATIONS.includes(operation)),
];
