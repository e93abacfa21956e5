// The measuring loop. Rounds go through all rows of a group in turn, so that a machine that slows down slows all of them; the
// first call, which compiles, and the one that settles how often to repeat stand apart and count for nothing.
import { GpuOutOfMemoryError, type Gpu } from '../gpu/index.ts';
import {
  idOf,
  STEPS_A_SAMPLE,
  type Benchmark,
  type Row,
  type Sample,
  type Subject,
  type Timing,
} from './benchmark.ts';
import { BenchError } from './errors.ts';

/** A row that could not be measured: there was no room for it, or it failed. Why it failed may name folders, and is no part of a file. */
export interface LostRow {
  readonly row: string;
  readonly why: 'memory' | 'failed';
}

export interface MeasureOptions extends Timing {
  readonly rounds: number;
  /** Rounds after which a group may end where its time is up. */
  readonly leastRounds: number;
  /** When the group should end, by `performance.now()`. */
  readonly deadline: number;
  /** Ends the group after the sample that is under way. */
  readonly signal?: AbortSignal;
  /** Told after each sample: the row as far as it has come. */
  readonly onSample?: (row: Row) => void;
  /** Told of a row that has no room or cannot run, which then is left out; without this the group fails. */
  readonly onLost?: (row: LostRow, message: string) => void;
}

/** Measures the rows of a group; closes what it opened even where one fails. */
export async function measureGroup(
  gpu: Gpu,
  benchmarks: readonly Benchmark[],
  options: MeasureOptions,
): Promise<Row[]> {
  let open: { readonly benchmark: Benchmark; readonly subject: Subject; readonly samples: Sample[] }[] = [];
  try {
    for (const benchmark of benchmarks) {
      if (options.signal?.aborted) break;
      const subject = await benchmark.open(gpu, options).catch(leaveOut(benchmark, options));
      if (subject) open.push({ benchmark, subject, samples: [] });
    }
    for (let round = 0; round < options.rounds; round++) {
      if (round >= options.leastRounds && performance.now() > options.deadline) break;
      for (const { benchmark, subject, samples } of open) {
        if (options.signal?.aborted) break;
        if (round >= (benchmark.rounds ?? options.rounds)) continue;
        const sample = await subject.sample().catch(leaveOut(benchmark, options));
        if (!sample) {
          subject.close();
          open = open.filter((one) => one.subject !== subject);
          continue;
        }
        samples.push(sample);
        options.onSample?.(rowOf(benchmark, samples));
      }
    }
    const rows: Row[] = [];
    for (const { benchmark, subject, samples } of open) {
      if (samples.length === 0) continue; // stopped before its turn
      const { firstCall } = subject;
      const facts = await subject.facts?.();
      const apart = { ...(firstCall !== undefined && { firstCall }), ...(facts && { facts }) };
      rows.push({ ...rowOf(benchmark, samples), ...apart });
    }
    return rows;
  } finally {
    for (const { subject } of open) subject.close();
    await gpu.finish();
    gpu.trim();
  }
}

/** Tells of a row that has no room or cannot run; throws what else went wrong, or where nobody is to be told. */
const leaveOut =
  (benchmark: Benchmark, { onLost }: Pick<MeasureOptions, 'onLost'>) =>
  (error: unknown): undefined => {
    const why =
      error instanceof GpuOutOfMemoryError
        ? 'memory'
        : error instanceof BenchError && error.problem === 'cannot-run'
          ? error.isMemory
            ? 'memory'
            : 'failed'
          : undefined;
    if (!onLost || why === undefined) throw error;
    onLost({ row: idOf(benchmark), why }, (error as Error).message);
  };

function rowOf(
  { open: _open, rounds: _rounds, when: _when, ...about }: Benchmark,
  samples: readonly Sample[],
): Row {
  const column = (name: 'host' | 'gpu' | 'cpu') => {
    const values = samples.flatMap((sample) => sample[name] ?? []);
    return values.length > 0 ? { [name]: values } : {};
  };
  return {
    ...about,
    wall: samples.map(({ wall }) => wall),
    ...column('host'),
    ...column('gpu'),
    ...column('cpu'),
  };
}

/** Work that is recorded into a scope: what most benchmarks measure. */
export interface Recorded {
  /** Records one call. */
  record(): void;
  close(): void;
}

/** Calls of one submission at most: the uniforms of all of them lie in one buffer. */
const MOST_CALLS = 512;
/** Submissions of a sample at most, where the clock is coarse. Else one: more are of no use. */
const MOST_TURNS = 64;

/** What takes longer is profiled once: its wall time has no grain to speak of. */
const SLOW_MS = 300;

/** Repeats recorded work in one submission, or in several where the clock is coarse, until a sample is long enough, and times it by wall, host and GPU clocks. */
export class RecordedSubject implements Subject {
  private repeats: Repeats = { calls: 1, turns: 1 };
  private profiled = false;

  private constructor(
    private readonly gpu: Gpu,
    private readonly work: Recorded,
    private readonly timing: Timing,
    readonly firstCall: number,
  ) {}

  /** Runs the work a first time, then settles how many calls make a sample that is long enough. */
  static async open(gpu: Gpu, work: Recorded, timing: Timing): Promise<RecordedSubject> {
    await gpu.finish(); // what its buffers hold is written by now
    const first = await timed(gpu, work, timing, { calls: 1, turns: 1 });
    const subject = new RecordedSubject(gpu, work, timing, first.wall);
    const { wall } = await timed(gpu, work, timing, subject.repeats);
    subject.repeats = repeatsFor(timing, wall);
    // A call on its own includes the wait's nap: ask again with many.
    if (subject.repeats.calls > 1) {
      const { wall: settled } = await timed(gpu, work, timing, subject.repeats);
      subject.repeats = repeatsFor(timing, settled);
    }
    return subject;
  }

  async sample(): Promise<Sample> {
    const times = await timed(this.gpu, this.work, this.timing, this.repeats);
    const isSlow = times.wall > SLOW_MS && this.profiled;
    const kernels = isSlow ? null : await this.gpu.profile(() => this.gpu.scope(() => this.work.record()));
    this.profiled = true;
    if (!kernels || kernels.length === 0) return times;
    const milliseconds = kernels.reduce((sum, kernel) => sum + kernel.milliseconds, 0);
    // One call is profiled: a short one on coarse timestamps would be told by their steps.
    const isTold = milliseconds >= STEPS_A_SAMPLE * (this.timing.grain?.gpu ?? 0);
    return isTold ? { ...times, gpu: milliseconds } : times;
  }

  close(): void {
    this.work.close();
  }
}

/** How often a sample does its work: calls of a submission, and submissions. */
interface Repeats {
  readonly calls: number;
  readonly turns: number;
}

function repeatsFor({ minMilliseconds, grain }: Timing, milliseconds: number): Repeats {
  const least = Math.max(minMilliseconds, STEPS_A_SAMPLE * (grain?.wall ?? 0));
  const times = Math.ceil(least / milliseconds); // without end where a coarse clock shows nothing yet
  const turns = grain ? Math.min(MOST_TURNS, Math.ceil(times / MOST_CALLS)) : 1;
  return { calls: Math.max(1, Math.min(MOST_CALLS, times)), turns };
}

async function timed(gpu: Gpu, { record }: Recorded, { processorTime }: Timing, { calls, turns }: Repeats) {
  const used = processorTime?.();
  const begin = performance.now();
  for (let turn = 0; turn < turns; turn++)
    await gpu.scope(() => {
      for (let call = 0; call < calls; call++) record();
    });
  const submitted = performance.now();
  await gpu.finish();
  const end = performance.now();
  const times = calls * turns;
  const clocks = { wall: (end - begin) / times, host: (submitted - begin) / times };
  if (!processorTime || used === undefined) return clocks;
  return { ...clocks, cpu: (processorTime() - used) / times };
}
