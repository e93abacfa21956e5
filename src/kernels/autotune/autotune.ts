/**
 * Autotuning: tries the algorithms that suit a problem, and trusts none before it has checked what it computes: on a small
 * problem against plain loops, then on the real one against another algorithm that is right. Only then it takes times.
 */
import { DeviceLostError, GpuError, type Gpu, type Storage, type AutotunedChoice } from '../../gpu/index.ts';
import { median } from '../../median.ts';
import { createRandom } from '../../random.ts';
import { fasterThan } from './judge.ts';
import type { Tunable, TunableCandidate, Workload } from './tunable.ts';
import { worstError } from './verify.ts';

export interface AutotuneOptions {
  /** How often each algorithm has its turn; those that are far behind leave after two. 7 by default. */
  readonly rounds?: number;
  /** Looked at between rounds; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What became of an algorithm. */
export interface TriedCandidate {
  readonly name: string;
  /** The median; undefined if it was refused. */
  readonly milliseconds: number | undefined;
  /** Why it was not even timed: "its result is wrong (…)". */
  readonly refused: string | undefined;
}

export interface AutotuneResult {
  readonly name: string;
  /** The rule's first. */
  readonly candidates: readonly TriedCandidate[];
  /** What to remember; undefined if the rule's choice stays. */
  readonly choice: AutotunedChoice | undefined;
}

/**
 * Finds the fastest right algorithm for a problem. Rejects with the GPU's error where the adapter fails, and with the
 * signal's reason.
 */
export async function autotune(
  gpu: Gpu,
  problem: Tunable,
  options: AutotuneOptions = {},
): Promise<AutotuneResult> {
  const { rounds = 7, signal } = options;
  const refused = new Map<string, string>();
  const right: TunableCandidate[] = [];
  const exam = new Exam(gpu, problem);
  const bench = new Bench(gpu, problem.actual);
  try {
    for (const candidate of problem.candidates) {
      signal?.throwIfAborted();
      const fault = (await exam.wrong(candidate)) ?? (await bench.wrong(candidate));
      if (fault === undefined) right.push(candidate);
      else refused.set(candidate.name, fault);
    }
    const times = await bench.race(right, rounds, signal);
    const medians = new Map(Array.from(times, ([name, own]) => [name, median(own)]));
    return {
      name: problem.name,
      candidates: problem.candidates.map(({ name }) => ({
        name,
        milliseconds: medians.get(name),
        refused: refused.get(name),
      })),
      choice: choiceOf(problem, times, medians),
    };
  } finally {
    bench.dispose();
  }
}

/** Nothing is remembered where the rule's choice was refused: that is a fault to be seen, not to be got around. */
function choiceOf(
  problem: Tunable,
  times: ReadonlyMap<string, readonly number[]>,
  medians: ReadonlyMap<string, number>,
): AutotunedChoice | undefined {
  const rule = problem.candidates[0]?.name ?? '';
  const best = times.has(rule) ? fasterThan(rule, times) : undefined;
  const winner = problem.candidates.find(({ name }) => name === best);
  if (!winner) return undefined;
  const timeOf = (name: string) => Number(medians.get(name)?.toPrecision(4));
  return {
    algorithm: winner.name,
    rule,
    kernels: winner.kernels(),
    milliseconds: timeOf(winner.name),
    ruleMilliseconds: timeOf(rule),
  };
}

/** The small problem with its right result. */
class Exam {
  private readonly inputs: Readonly<Record<string, Float32Array>>;
  private readonly expected: ArrayLike<number>;

  constructor(
    private readonly gpu: Gpu,
    private readonly problem: Tunable,
  ) {
    this.inputs = randomInputs(problem.small);
    this.expected = problem.reference(this.inputs);
  }

  /** What is wrong with a candidate's result; undefined if it is right. */
  async wrong(candidate: TunableCandidate): Promise<string | undefined> {
    const { gpu, inputs, expected } = this;
    const { output, tolerance } = this.problem.small;
    const [name, elements] = output;
    try {
      const actual = await gpu.scope(() => {
        const tensors = new Map<string, Storage>();
        for (const [input, data] of Object.entries(inputs)) tensors.set(input, gpu.upload(data, input));
        tensors.set(name, gpu.upload(new Float32Array(elements).fill(NaN), name)); // shows what nobody writes
        candidate.run('small', (tensor) => found(tensors, tensor));
        return gpu.read(found(tensors, name));
      });
      return tooFar(worstError(actual, expected), tolerance * candidate.errorGrowth);
    } catch (error) {
      return whyItFails(error);
    }
  }
}

function tooFar(error: number, allowed: number): string | undefined {
  if (error <= allowed) return undefined;
  return `its result is wrong (error ${error.toExponential(1)}, allowed ${allowed.toExponential(1)})`;
}

/** A kernel that the adapter refuses, or memory that it has not, concerns one candidate; a lost device concerns all. */
function whyItFails(error: unknown): string {
  if (error instanceof GpuError && !(error instanceof DeviceLostError)) return `it fails: ${error.message}`;
  throw error;
}

/** What is timed lasts this long, of as many runs in a row as that takes: then submitting and waiting do not count. */
const LEAST_MS = 20;
const MOST_REPEATS = 1000;
/** Who takes so many times as long as the rule's choice at once, or in each of two rounds, will not beat it. */
const FAR_BEHIND = 3;
const BEHIND = 1.25;

/** The real problem's tensors, and algorithms running on them. */
class Bench {
  private readonly tensors = new Map<string, Storage>();
  private readonly output: Storage;
  private trusted: { readonly result: Float32Array; readonly errorGrowth: number } | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly workload: Workload,
  ) {
    for (const [name, data] of Object.entries(randomInputs(workload)))
      this.tensors.set(name, this.filled(name, data));
    const [name, elements] = workload.output;
    this.output = gpu.persistent(elements * 4, name);
    this.tensors.set(name, this.output);
  }

  /** What is wrong with a candidate's result, as compared with that of the first one that was right. */
  async wrong(candidate: TunableCandidate): Promise<string | undefined> {
    try {
      const { errorGrowth } = candidate;
      const result = await this.result(candidate);
      const trusted = this.trusted ?? { result, errorGrowth }; // numbers, at least
      const allowed = this.workload.tolerance * (errorGrowth + trusted.errorGrowth); // both are rounded
      const found = tooFar(worstError(result, trusted.result), allowed);
      if (found === undefined) this.trusted = trusted;
      return found;
    } catch (error) {
      return whyItFails(error);
    }
  }

  /** The milliseconds of each candidate in each round; those that cannot beat the first one leave early. */
  async race(
    candidates: readonly TunableCandidate[],
    rounds: number,
    signal: AbortSignal | undefined,
  ): Promise<Map<string, number[]>> {
    const repeats = new Map<string, number>();
    const times = new Map<string, number[]>();
    for (const candidate of candidates) {
      signal?.throwIfAborted();
      const warmUp = await this.warmUp(candidate);
      repeats.set(candidate.name, warmUp.repeats);
      times.set(candidate.name, [warmUp.milliseconds]);
    }
    const first = candidates[0]?.name ?? '';
    let racing = candidates.filter(({ name }) => name === first || !isBehind(times, first, name, FAR_BEHIND));
    for (const { name } of racing) times.set(name, []);
    for (let round = 0; round < rounds; round++) {
      for (const candidate of racing) {
        signal?.throwIfAborted();
        const { name } = candidate;
        times.get(name)?.push(await this.time(candidate, repeats.get(name) ?? 1));
      }
      if (round === 1)
        racing = racing.filter(({ name }) => name === first || !isBehind(times, first, name, BEHIND));
      racing = [...racing.slice(1), ...racing.slice(0, 1)]; // nobody always begins
    }
    return times;
  }

  dispose(): void {
    for (const storage of this.tensors.values()) this.gpu.release(storage);
  }

  private async result(candidate: TunableCandidate): Promise<Float32Array> {
    const { gpu, output } = this;
    await gpu.scope(() => {
      gpu.write(output, new Float32Array(output.bytes / 4).fill(NaN)); // the other's result must not stand in for this one's
      this.run(candidate);
    });
    return gpu.read(output);
  }

  /** Runs a candidate, and finds how many runs in a row last long enough to be timed. */
  private async warmUp(candidate: TunableCandidate): Promise<{ repeats: number; milliseconds: number }> {
    let repeats = 1;
    for (;;) {
      const milliseconds = await this.time(candidate, repeats);
      const total = milliseconds * repeats;
      if (total >= LEAST_MS || repeats === MOST_REPEATS) return { repeats, milliseconds };
      repeats = Math.min(MOST_REPEATS, Math.ceil(repeats * Math.min(10, (1.2 * LEAST_MS) / total)));
    }
  }

  /** Milliseconds of one of `repeats` runs in a row. */
  private async time(candidate: TunableCandidate, repeats: number): Promise<number> {
    const { gpu } = this;
    const start = performance.now();
    await gpu.scope(() => {
      for (let i = 0; i < repeats; i++) this.run(candidate);
    });
    await gpu.finish();
    return (performance.now() - start) / repeats;
  }

  private run(candidate: TunableCandidate): void {
    candidate.run('actual', (name) => found(this.tensors, name));
  }

  private filled(name: string, data: Float32Array): Storage {
    const storage = this.gpu.persistent(data.byteLength, name);
    this.gpu.write(storage, data);
    return storage;
  }
}

/** Whether `name` took so many times as long as `leader` in all rounds. */
function isBehind(
  times: ReadonlyMap<string, readonly number[]>,
  leader: string,
  name: string,
  factor: number,
): boolean {
  const leading = times.get(leader) ?? [];
  return (times.get(name) ?? []).every((time, round) => time > factor * (leading[round] ?? NaN));
}

function randomInputs({ inputs }: Workload): Record<string, Float32Array> {
  const made = Object.entries(inputs).map(([name, { elements, range }], i) => {
    const random = createRandom(i);
    const [low, high] = range;
    const data = new Float32Array(elements);
    for (let j = 0; j < elements; j++) data[j] = low + (high - low) * random.uniform();
    return [name, data] as const;
  });
  return Object.fromEntries(made);
}

function found(tensors: ReadonlyMap<string, Storage>, name: string): Storage {
  const storage = tensors.get(name);
  if (!storage) throw new Error(`The problem has no tensor "${name}".`);
  return storage;
}
