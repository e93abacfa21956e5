// The measuring loop. Rounds go through all rows of a group in turn, so that a machine that slows down slows all of them; the
// first call, which compiles, and the one that settles how often to repeat stand apart and count for nothing.
import type { Gpu } from '../src/gpu/index.ts';
import type { Benchmark, Row, Sample, Subject } from './benchmark.ts';

export interface MeasureOptions {
  readonly rounds: number;
  /** Rounds after which a group may end where its time is up. */
  readonly leastRounds: number;
  /** How long a sample should last, in milliseconds. */
  readonly minMilliseconds: number;
  /** When the group should end, by `performance.now()`. */
  readonly deadline: number;
  /** Ends the group after the sample that is under way. */
  readonly signal?: AbortSignal;
}

/** Measures the rows of a group; closes what it opened even where one fails. */
export async function measureGroup(
  gpu: Gpu,
  benchmarks: readonly Benchmark[],
  options: MeasureOptions,
): Promise<Row[]> {
  const open: { readonly benchmark: Benchmark; readonly subject: Subject; readonly samples: Sample[] }[] = [];
  try {
    for (const benchmark of benchmarks) {
      if (options.signal?.aborted) break;
      const subject = await benchmark.open(gpu, options.minMilliseconds);
      open.push({ benchmark, subject, samples: [] });
    }
    for (let round = 0; round < options.rounds; round++) {
      if (round >= options.leastRounds && performance.now() > options.deadline) break;
      for (const { benchmark, subject, samples } of open) {
        if (options.signal?.aborted) break;
        if (round < (benchmark.rounds ?? options.rounds)) samples.push(await subject.sample());
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

/** More repetitions than this in a sample are of no use: the uniforms of all of them lie in one buffer. */
const MOST_CALLS = 512;

/** What takes longer is profiled once: its wall time has no grain to speak of. */
const SLOW_MS = 300;

/** Repeats recorded work in one submission until a sample is long enough, and times it by wall, host and GPU clocks. */
export class RecordedSubject implements Subject {
  private calls = 1;
  private profiled = false;

  private constructor(
    private readonly gpu: Gpu,
    private readonly work: Recorded,
    readonly firstCall: number,
  ) {}

  /** Runs the work a first time, then settles how many calls make `minMilliseconds`. */
  static async open(gpu: Gpu, work: Recorded, minMilliseconds: number): Promise<RecordedSubject> {
    await gpu.finish(); // what its buffers hold is written by now
    const first = await timed(gpu, work, 1);
    const subject = new RecordedSubject(gpu, work, first.wall);
    const { wall } = await timed(gpu, work, 1);
    subject.calls = Math.max(1, Math.min(MOST_CALLS, Math.ceil(minMilliseconds / wall)));
    // A call on its own includes the wait's nap: ask again with many.
    if (subject.calls > 1) {
      const { wall: settled } = await timed(gpu, work, subject.calls);
      subject.calls = Math.max(1, Math.min(MOST_CALLS, Math.ceil(minMilliseconds / settled)));
    }
    return subject;
  }

  async sample(): Promise<Sample> {
    const times = await timed(this.gpu, this.work, this.calls);
    const isSlow = times.wall > SLOW_MS && this.profiled;
    const kernels = isSlow ? null : await this.gpu.profile(() => this.gpu.scope(() => this.work.record()));
    this.profiled = true;
    if (!kernels || kernels.length === 0) return times;
    return { ...times, gpu: kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0) };
  }

  close(): void {
    this.work.close();
  }
}

async function timed(gpu: Gpu, { record }: Recorded, calls: number) {
  const used = process.cpuUsage();
  const begin = performance.now();
  await gpu.scope(() => {
    for (let call = 0; call < calls; call++) record();
  });
  const submitted = performance.now();
  await gpu.finish();
  const wall = (performance.now() - begin) / calls;
  const { user, system } = process.cpuUsage(used);
  return { wall, host: (submitted - begin) / calls, cpu: (user + system) / 1000 / calls };
}
