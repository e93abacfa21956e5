// A run from its ceilings to its ceilings measured again: the same in a terminal and in a tab, which differ in how they show it.
import type { Gpu } from '../gpu/index.ts';
import type { Benchmark, Row, Timing } from './benchmark.ts';
import { ceilingBenchmarks, ceilingsFrom } from './ceilings.ts';
import { measureGroup, type LostRow, type MeasureOptions } from './measure.ts';
import { groupsOf, secondsForFirst } from './plan.ts';
import type { Results } from './results.ts';
import type { Ceilings } from './roofline.ts';

export interface SessionOptions {
  /** A few short rounds: enough to see that everything works. */
  readonly quick: boolean;
  /** Samples a row, at most. */
  readonly rounds?: number;
  /** How long it may take, roughly. */
  readonly seconds?: number;
  /** Whether a row that has no room, or cannot run, is left out; else the run fails. */
  readonly lenient?: boolean;
  /** What the place knows of its clocks. */
  readonly clocks: Omit<Timing, 'minMilliseconds'>;
  /** Ends the run after the sample that is under way, though not without ceilings: without them it would say little. */
  readonly signal: AbortSignal;
}

/** What rows are held against: by the clock on the wall and, on a software adapter, by processor time. */
export interface Yardsticks {
  readonly wall: Ceilings;
  readonly cpu?: Ceilings;
}

/** Who shows a run while it goes on. */
export interface SessionWatcher {
  /** A group is measured; there are no yardsticks while they are measured themselves. */
  onGroup(rows: readonly Row[], yardsticks?: Yardsticks): void;
  /** The ceilings are known, and groups come. */
  readonly onCeilings?: (ceilings: Ceilings) => void;
  /** A row has one more sample. */
  readonly onSample?: (row: Row) => void;
  /** A row is left out, and why. */
  readonly onLost?: (row: LostRow, message: string) => void;
}

/** Measures the ceilings, the groups, and the ceilings again where there is time for them. */
export async function measureSession(
  gpu: Gpu,
  groups: readonly (readonly Benchmark[])[],
  { quick, rounds = quick ? 3 : 9, seconds = quick ? 30 : 240, lenient, clocks, signal }: SessionOptions,
  { onGroup, onCeilings, onSample, onLost }: SessionWatcher,
): Promise<Pick<Results, 'ceilings' | 'ceilingsAfter' | 'rows' | 'lost'>> {
  const lost: LostRow[] = [];
  const end = performance.now() + seconds * 1000;
  const options: MeasureOptions = {
    ...clocks,
    rounds,
    leastRounds: Math.min(rounds, quick ? 2 : 4),
    minMilliseconds: quick ? 3 : 20,
    deadline: Infinity, // without its ceilings a run says little: they take the time that they take
    ...(onSample && { onSample }),
    ...(lenient && {
      onLost: (row: LostRow, message: string) => {
        lost.push(row);
        onLost?.(row, message);
      },
    }),
  };
  const rows: Row[] = [];
  for (const group of groupsOf(ceilingBenchmarks(gpu, quick))) {
    const measured = await measureGroup(gpu, group, options);
    onGroup(measured);
    rows.push(...measured);
  }
  const ceilings = ceilingsFrom(rows);
  onCeilings?.(ceilings);
  const byProcessor = gpu.software && clocks.processorTime !== undefined;
  const yardsticks = { wall: ceilings, ...(byProcessor && { cpu: ceilingsFrom(rows, 'cpu') }) };
  for (const [i, group] of groups.entries()) {
    if (signal.aborted) break;
    const left = (end - performance.now()) / 1000;
    const deadline = performance.now() + secondsForFirst(groups.slice(i), left) * 1000;
    const measured = await measureGroup(gpu, group, { ...options, deadline, signal });
    onGroup(measured, yardsticks);
    rows.push(...measured);
  }
  const found = { ceilings, rows, ...(lost.length > 0 && { lost }) };
  if (signal.aborted || quick) return found;
  const [rates = []] = groupsOf(ceilingBenchmarks(gpu));
  const { onSample: _, ...unseen } = options;
  return { ...found, ceilingsAfter: ceilingsFrom(await measureGroup(gpu, rates, unseen)) };
}
