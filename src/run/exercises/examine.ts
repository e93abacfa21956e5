/**
 * Examines a text for an exercise: it is compiled, run with diaries and, if all of its loops end, run as it is; then the steps are checked in
 * their order, up to the first that is not right. What is wrong with a text is part of the verdict, and never thrown.
 */
import { DeviceLostError, GpuError, type Gpu, type Grid, type Kernel } from '../../gpu/index.ts';
import { messageOf } from '../../format.ts';
import { compare, UNWRITTEN } from '../lab/compare.ts';
import { elementsOf } from '../lab/operation.ts';
import { NOTES } from '../lab/text.ts';
import { compilerMessages } from '../lab/compiler.ts';
import type { CompilerMessage, Stage } from '../lab/judgement.ts';
import { Diaries } from './diaries.ts';
import { RUNS, type Case, type Evidence, type Exercise, type Tried, type WorkgroupSize } from './exercise.ts';
import { HEAD, withLog, workgroupSizeOf, type LoggedKernel } from './log.ts';

export interface StepVerdict {
  readonly holds: string;
  readonly state: 'right' | 'wrong' | 'open';
  /** Of a wrong one, why. */
  readonly reason?: string;
}

export interface Verdict {
  /** That it runs comes first. */
  readonly steps: readonly StepVerdict[];
  readonly isSolved: boolean;
  /** What the compiler said. */
  readonly messages: readonly CompilerMessage[];
}

/** How far a result may be off: sums of some dozens of terms in f32. */
const TOLERANCE = 1e-4;
/** Words that the diaries of all threads have room for. */
const ROOM = 2 ** 20;
const MOST_ENTRIES = 4096;

/** Rejects with `DeviceLostError`, and nothing else. */
export async function examine(
  gpu: Gpu,
  exercise: Exercise,
  text: string,
  tell: (stage: Stage) => void = () => undefined,
): Promise<Verdict> {
  tell('compiling');
  const messages = await compilerMessages(gpu, text);
  const error = messages.find(({ kind }) => kind === 'error');
  if (error) return verdictOf(exercise, messages, `Line ${error.line}: ${error.text}`);
  try {
    const evidence = await gather(gpu, exercise, text, tell);
    return verdictOf(exercise, messages, evidence);
  } catch (error) {
    if (!(error instanceof GpuError) || error instanceof DeviceLostError) throw error;
    return verdictOf(exercise, messages, messageOf(error));
  }
}

/** The steps up to the first that is not right; a text is why it cannot be run. */
function verdictOf(
  { steps }: Exercise,
  messages: readonly CompilerMessage[],
  evidence: Evidence | string,
): Verdict {
  let stopped: string | undefined = typeof evidence === 'string' ? evidence : undefined;
  const first: StepVerdict =
    stopped === undefined
      ? { holds: RUNS, state: 'right' }
      : { holds: RUNS, state: 'wrong', reason: stopped };
  const others = steps.map(({ holds, check }): StepVerdict => {
    if (stopped !== undefined || typeof evidence === 'string') return { holds, state: 'open' };
    stopped = check(evidence);
    return stopped === undefined ? { holds, state: 'right' } : { holds, state: 'wrong', reason: stopped };
  });
  return { steps: [first, ...others], isSolved: stopped === undefined, messages };
}

/** What all cases show, or why there is nothing to be seen. Rejects with `GpuError` where the adapter refuses the text. */
async function gather(
  gpu: Gpu,
  exercise: Exercise,
  text: string,
  tell: (stage: Stage) => void,
): Promise<Evidence | string> {
  const kernel = { ...exercise.kernel, code: text };
  const workgroup = workgroupSizeOf(text);
  if (!workgroup)
    return 'The size of the workgroup must stand in the text as numbers, or as constants that are numbers: the host reads it there.';
  const cases = exercise.cases();
  // Before diaries come in: what the adapter refuses is to be told of the text itself.
  await gpu.prepare(() => cases.forEach((one) => record(gpu, kernel, one, workgroup)));
  const logged = withLog(exercise.kernel, text);
  if (!logged) return UNSEEN;
  const faults = await compilerMessages(gpu, logged.kernel.code);
  if (faults.some(({ kind }) => kind === 'error')) return UNSEEN;
  const tried: Tried[] = [];
  for (const one of cases) {
    tell('running');
    const diaries = await log(gpu, logged, one, workgroup);
    if (typeof diaries === 'string') return diaries;
    const { name, shape, expected } = one.output;
    const found = await gpu.scope(() => {
      const storages = record(gpu, kernel, one, workgroup);
      return gpu.read(storages[name] ?? missing(name));
    });
    tried.push({
      of: one,
      diaries,
      found,
      output: compare(name, shape, found, { values: expected }, TOLERANCE),
    });
  }
  return { workgroup, tried };
}

const UNSEEN =
  'What its threads do cannot be followed: give names that do not begin with lab_, keep a function "main", and do not call other things by a binding’s name.';

/** Records a run, on fresh memory that the scope frees. */
function record(gpu: Gpu, kernel: Kernel, { inputs, output, params, grid }: Case, workgroup: WorkgroupSize) {
  const unwritten = new Uint32Array(elementsOf(output.shape)).fill(UNWRITTEN);
  const data = { [output.name]: unwritten, ...inputs };
  const storages = Object.fromEntries(
    Object.entries(data).map(([name, one]) => [name, gpu.upload(one, name)]),
  );
  gpu.run(kernel, storages, params, grid(workgroup));
  return storages;
}

/** Runs a case with diaries, and reads them; or says which loop does not end. */
async function log(
  gpu: Gpu,
  { kernel, ...logged }: LoggedKernel,
  one: Case,
  workgroup: WorkgroupSize,
): Promise<Diaries | string> {
  const size = workgroup[0] * workgroup[1] * workgroup[2];
  const grid: Grid = one.grid(workgroup);
  const threads = size * grid[0] * (grid[1] ?? 1) * (grid[2] ?? 1);
  const room = Math.min(MOST_ENTRIES, Math.floor(ROOM / threads));
  const notes = new Uint32Array(HEAD + threads * room);
  notes.set([0, room, size]);
  const { inputs, output } = one;
  const data = { [output.name]: new Float32Array(elementsOf(output.shape)), ...inputs, [NOTES]: notes };
  const floats = await gpu.scope(() => {
    const storages = Object.fromEntries(
      Object.entries(data).map(([name, values]) => [name, gpu.upload(values, name)]),
    );
    gpu.run(kernel, storages, one.params, grid);
    return gpu.read(storages[NOTES] ?? missing(NOTES));
  });
  const words = new Uint32Array(floats.buffer);
  const [loop = 0] = words;
  if (loop > 0)
    return `The loop in line ${logged.loops[loop - 1] ?? 0} went round too often: it was left, and the text itself was not run, since a GPU cannot be stopped.`;
  const diaries = Array.from({ length: threads }, (_, thread) =>
    words.subarray(HEAD + thread * room, HEAD + (thread + 1) * room),
  );
  const isCut = diaries.some((diary) => diary.at(-1) !== 0);
  if (isCut)
    return `A thread reads and writes more than ${room.toLocaleString('en-US')} times, and is not followed further than that.`;
  const lengths = new Map(Object.entries(data).map(([name, { length }]) => [name, length]));
  return new Diaries({ kernel, ...logged }, diaries, size, lengths);
}

function missing(name: string): never {
  throw new RangeError(`The exercise binds no ${name}.`);
}
