/** The steps of an exercise: which hold, why the first of the others does not, and the hints that were asked for. */
import { plural } from '../../../../src/format.ts';
import { stepsOf, type Exercise } from '../../../../src/run/exercises/exercise.ts';
import type { StepVerdict } from '../../../../src/run/exercises/examine.ts';
import { wordsFor } from '../lab/failure.ts';
import { hasGpu, now, running, showHint, stage, textOf } from './state.ts';

const MARKS = {
  right: ['✓', 'Right: '],
  wrong: ['✗', 'Not yet: '],
  open: ['○', 'Not looked at yet: '],
} as const;

/** The step that a hint would be about: the first that does not hold; without a GPU, the first with hints to be read. */
function stepAt(verdict: readonly StepVerdict[] | undefined, left: readonly number[]): number {
  if (verdict) return verdict.findIndex(({ state }) => state !== 'right');
  return hasGpu ? -1 : left.findIndex((count) => count > 0);
}

export function Steps({ of }: { readonly of: Exercise }) {
  const { checked, hints } = now.value;
  const verdict = checked && 'verdict' in checked.outcome ? checked.outcome.verdict : undefined;
  const steps = stepsOf(of);
  const left = steps.map((step, i) => step.hints.length - (hints[i] ?? 0));
  const at = stepAt(verdict?.steps, left);
  const more = left[at] ?? 0;
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">What must hold</h2>
      <p role="status" class="hint">
        {saidOf(of, verdict?.steps)}
      </p>
      {checked && 'failure' in checked.outcome && <NoAnswer failure={checked.outcome.failure} />}
      <ol class="steps">
        {steps.map(({ holds, hints: all }, i) => {
          const { state = 'open', reason } = verdict?.steps[i] ?? {};
          const [mark, said] = MARKS[state];
          return (
            <li key={holds} class={state}>
              <span class="mark" aria-hidden="true">
                {mark}
              </span>
              <div>
                <span class="unseen">{said}</span>
                {holds}
                {reason !== undefined && <p class="reason">{reason}</p>}
                {all.slice(0, hints[i] ?? 0).map((hint) => (
                  <p key={hint} class="notice">
                    <strong>Hint:</strong> {hint}
                  </p>
                ))}
              </div>
            </li>
          );
        })}
      </ol>
      {verdict?.isSolved !== true && (
        <div class="actions">
          <button type="button" disabled={more === 0} onClick={() => showHint(of, at)}>
            {(hints[at] ?? 0) === 0 ? 'Hint' : 'Another hint'}
          </button>
          <span class="hint">{saidOfHints(steps[at]?.holds, more)}</span>
        </div>
      )}
    </section>
  );
}

function saidOfHints(holds: string | undefined, more: number): string {
  if (holds === undefined)
    return hasGpu ? 'Check first: a hint is about the first step that does not hold.' : '';
  return more > 0 ? `${plural(more, 'hint')} left for “${holds}”` : 'There is no further hint for this step.';
}

function saidOf(exercise: Exercise, verdict: readonly StepVerdict[] | undefined): string {
  const isRunning = running.value === exercise;
  if (isRunning && stage.value !== 'timing') return STAGES[stage.value ?? 'opening'];
  if (!verdict)
    return 'Nothing was checked yet. Steps are checked in this order, up to the first that does not hold.';
  const { checked } = now.value;
  const isOld = checked !== undefined && checked.text !== textOf(exercise);
  const right = verdict.filter(({ state }) => state === 'right').length;
  const said =
    right === verdict.length ? 'Solved: all steps hold.' : `${right} of ${verdict.length} steps hold.`;
  if (isRunning) return `${said} ${STAGES.timing}`;
  return isOld ? `${said} The text was changed since.` : said;
}

const STAGES = {
  opening: 'Opening a device …',
  compiling: 'Compiling …',
  running: 'Running …',
  comparing: 'Comparing …',
  timing: 'Now timing it …',
} as const;

function NoAnswer({ failure }: { readonly failure: Parameters<typeof wordsFor>[0] }) {
  const [title, text] = wordsFor(failure, { button: 'Check', keeps: 'this page keeps' });
  return (
    <div class="failure" role="alert">
      <strong>{title}</strong>
      <p>{text}</p>
    </div>
  );
}
