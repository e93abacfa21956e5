/** What the page shows: an exercise, its text as it stands in the editor, and how far that got when it was last checked. */
import { computed, signal } from '@preact/signals';
import type { Exercise } from '../../../../src/run/exercises/exercise.ts';
import type { Verdict } from '../../../../src/run/exercises/examine.ts';
import type { Timed } from '../../../../src/run/exercises/times.ts';
import { exercises } from '../../../../src/run/exercises/index.ts';
import type { Stage } from '../../../../src/run/lab/judgement.ts';
import type { Failure } from '../lab/failure.ts';
import { Lab, type Limits } from '../lab/lab.ts';
import { keep, read, type Kept } from './progress.ts';

export interface Checked {
  readonly text: string;
  readonly outcome: { readonly verdict: Verdict } | { readonly failure: Failure };
}

/** What is known of an exercise. */
export interface Known extends Kept {
  /** What came of the last check. */
  readonly checked?: Checked | undefined;
  /** Of a slow one that was mended. */
  readonly timed?: Timed | undefined;
  /** How many hints are shown, by the step's number. */
  readonly hints: readonly number[];
  /** The solution is shown to who asks twice. */
  readonly solution: 'hidden' | 'asked' | 'shown';
}

const [first] = exercises;
if (!first) throw new Error('There are no exercises.');

const begun = (name: string): Known => ({ ...read(name), hints: [], solution: 'hidden' });

const known = signal<ReadonlyMap<string, Known>>(new Map(exercises.map(({ name }) => [name, begun(name)])));
export const chosen = signal<Exercise>(named(location.hash) ?? first);
export const place = computed(() => exercises.indexOf(chosen.value));
export const now = computed(() => of(chosen.value));
/** False once the browser did not keep something. */
export const isKept = signal(true);
/** Whether the browser has WebGPU at all. */
export const hasGpu = (navigator as Partial<Navigator>).gpu !== undefined;
/** What the lab is at. */
export const stage = signal<'opening' | Stage | undefined>(undefined);
/** The exercise that is being checked, which one may have left meanwhile. */
export const running = signal<Exercise | undefined>(undefined);

export const of = ({ name }: Exercise): Known => known.value.get(name) ?? begun(name);
export const textOf = (exercise: Exercise): string => of(exercise).text ?? exercise.start;
export const solvedCount = computed(() => exercises.filter((one) => of(one).isSolved).length);

/** The exercise that an address's end names. */
export function named(hash: string): Exercise | undefined {
  return exercises.find(({ name }) => hash === `#${name}`);
}

function change(exercise: Exercise, part: Partial<Known>): void {
  const next = { ...of(exercise), ...part };
  known.value = new Map(known.value).set(exercise.name, next);
  if ('text' in part || 'isSolved' in part) isKept.value = keep(exercise.name, next);
}

/** Keeps a text; the start's own is none. */
export const edit = (exercise: Exercise, text: string): void =>
  change(exercise, { text: text === exercise.start ? undefined : text });

/** The start's text, and no hints; that it was solved stays. */
export const startOver = (exercise: Exercise): void =>
  change(exercise, { text: undefined, checked: undefined, timed: undefined, hints: [], solution: 'hidden' });

/** One more hint for a step. */
export function showHint(exercise: Exercise, step: number): void {
  const hints = [...of(exercise).hints];
  hints[step] = (hints[step] ?? 0) + 1;
  change(exercise, { hints });
}

/** Asks, and shows it the second time. */
export const showSolution = (exercise: Exercise): void =>
  change(exercise, { solution: of(exercise).solution === 'hidden' ? 'asked' : 'shown' });

export const hideSolution = (exercise: Exercise): void => change(exercise, { solution: 'hidden' });

/** How long stages may take; a test shortens them in the address. */
const shortened = Number(new URLSearchParams(location.search).get('limit'));
const limits: Partial<Limits> = shortened > 0 ? { running: shortened, opening: shortened } : {};
const lab = new Lab(limits, (at) => (stage.value = at));

/** Checks the text that stands there; nothing is run at any other time. */
export async function check(): Promise<void> {
  if (running.value) return;
  const exercise = chosen.value;
  const text = textOf(exercise);
  running.value = exercise;
  try {
    const answer = await lab.ask('check', exercise.name, text);
    if (answer.kind !== 'answer')
      return change(exercise, { checked: { text, outcome: { failure: answer } } });
    const verdict = answer.value;
    change(exercise, {
      checked: { text, outcome: { verdict } },
      ...(verdict.isSolved && { isSolved: true }),
      timed: undefined,
    });
    if (!verdict.isSolved || !exercise.timed) return;
    const timed = await lab.ask('timeExercise', exercise.name, text);
    if (timed.kind === 'answer') change(exercise, { timed: timed.value });
  } finally {
    running.value = undefined;
  }
}

/** Gives up what is under way. */
export const stop = (): void => lab.close();
