/** The step at work: a button that takes it, and what came of it. */
import { time } from '../../../../src/bench/units.ts';
import { count } from '../../../../src/format.ts';
import type { StepPass } from '../../../../src/train/rehearse/step-record.ts';
import { fullName, milliseconds, percent } from './names.ts';
import { adapter, choice, seen, step } from './state.ts';
import { follows, isOutdated, measure, measured, measuring, operationTimes, stop } from './measure.ts';

export function Work() {
  if (adapter.value === undefined || 'problem' in step.value) return null;
  const { value } = measuring;
  const isBusy = value?.kind === 'doing';
  return (
    <section aria-labelledby="work">
      <h2 id="work">At work</h2>
      <div class="actions">
        <button type="button" class="main" onClick={isBusy ? stop : measure}>
          {isBusy ? 'Stop' : 'Take this step'}
        </button>
        <label>
          <input
            type="checkbox"
            checked={follows}
            onChange={({ currentTarget: { checked } }) => (follows.value = checked)}
          />{' '}
          again after every change
        </label>
      </div>
      <p class="hint" role="status">
        {isBusy ? `${value.what} …` : value?.kind === 'failed' ? value.message : <Said />}
      </p>
      <Slowest />
    </section>
  );
}

/** So many of the slowest are named. */
const NAMED = 5;

/** Where the time goes: by pass, and the operations that take most of it. */
function Slowest() {
  const times = operationTimes.value;
  if (!times || 'problem' in step.value) return null;
  const { operations } = step.value.record;
  const sum = (pass: StepPass) =>
    times.reduce((total, time, i) => (operations[i]?.pass === pass ? total + time : total), 0);
  const slowest = [...operations.entries()]
    .sort(([a], [b]) => (times[b] ?? 0) - (times[a] ?? 0))
    .slice(0, NAMED);
  const all = times.reduce((total, time) => total + time, 0);
  return (
    <>
      <p>
        On the GPU the way forward takes {milliseconds(sum('forward'))}, the way back{' '}
        {milliseconds(sum('backward'))}, the update {milliseconds(sum('update'))}. What takes longest:
      </p>
      <ol class="slowest">
        {slowest.map(([index, operation]) => (
          <li key={index}>
            <button type="button" class="quiet" onClick={() => (seen.value = { kind: 'operation', index })}>
              {fullName(operation)}
            </button>{' '}
            {milliseconds(times[index] ?? 0)}, {percent((times[index] ?? 0) / all)} of the step
          </li>
        ))}
      </ol>
    </>
  );
}

function Said() {
  if (isOutdated.value)
    return <>What was measured is of the step before the last change: take this one, and see what differs.</>;
  if (!measured.value)
    return (
      <>
        Trains on {count(choice.value.batchSize)} drawings of animals and food with this browser’s adapter:
        what each kernel takes, how large gradients are and how far weights move is measured here. A software
        adapter takes seconds, a busy one or a large batch minutes.
      </>
    );
  const { step: taken, pretrained, clock } = measured.value;
  const { wall, dispatches } = taken;
  return (
    <>
      {wall.length} steps were timed, after one that was looked into. The network{' '}
      {pretrained
        ? 'is the one that comes with the site, pretrained on drawings, with a new head'
        : 'has random weights'}
      ; its loss was {taken.loss.toFixed(3)}.{' '}
      {dispatches
        ? `Kernels are timed by the adapter’s own clock, which goes in steps of ${clock === undefined ? 'unknown size' : time(clock)}: each in a pass of its own, the mean over all rounds, so together they may exceed the whole step’s median.`
        : 'This adapter has no clock of its own: there are only times of whole steps.'}
      {dispatches &&
        !operationTimes.value &&
        ' Its kernels are not those that were recorded: their times are left out.'}
    </>
  );
}
