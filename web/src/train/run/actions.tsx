/** Train, pause, stop and go on, with how fast it goes and what keeps it going. */
import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../../../../src/format.ts';
import { paceText } from '../../../../src/run/texts.ts';
import { adding, photos } from '../state/photos.ts';
import { isReadOnly, project } from '../state/project.ts';
import { canTrain, hold, holding, isHeld, pace, run, stop, train, training } from '../state/run.ts';
import { problems } from '../state/settings.ts';
import { hasNoGpu } from '../shared/gpu-notice.tsx';
import { isAwake } from './wake-lock.ts';

export function TrainActions() {
  return (
    <>
      <p class="actions">
        <MainButton />
        {training.value && <StopButton />}
        <GoOn />
        {training.value && <span class="pace">{paceNow()}</span>}
      </p>
      {training.value ? <WhileTraining /> : <BeforeTraining />}
    </>
  );
}

/** One button that trains, pauses and goes on: the keyboard stays where it is. */
function MainButton() {
  const press = ({ detail: clicks }: MouseEvent) => {
    if (clicks > 1) return; // the second of a double click would pause what the first began
    void (training.value ? hold(!holding.value) : train());
  };
  return (
    <button
      type="button"
      class={training.value && !holding.value ? '' : 'main'}
      disabled={!training.value && !canTrain.value}
      onClick={press}
    >
      {!training.value ? 'Train' : holding.value ? 'Go on' : 'Pause'}
    </button>
  );
}

/** It goes with the run; the keyboard then finds what comes next where it stood. */
function StopButton() {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const { current } = button;
    return () => {
      if (current && document.activeElement === current)
        current.parentElement?.querySelector('button')?.focus();
    };
  }, []);
  return (
    <button ref={button} type="button" onClick={() => void stop()}>
      Stop
    </button>
  );
}

/** Whoever stopped a run finds the way back where it was stopped, too. */
function GoOn() {
  const stored = run.value;
  if (!stored?.canGoOn || training.value) return null;
  return (
    <button type="button" disabled={!canTrain.value} onClick={() => void train(stored.name)}>
      Go on after epoch {stored.history.length}
    </button>
  );
}

function paceNow(): string {
  if (isHeld.value) return 'Paused: nothing is computed, and a checkpoint is kept';
  if (holding.value) return 'Pausing after this step';
  return pace.value ? paceText(pace.value) : '';
}

function BeforeTraining() {
  if (canTrain.value) return null;
  const filled = photos.value.classes.filter((one) => one.count > 0).length;
  return (
    <p class="hint">
      {hasNoGpu()
        ? 'Training takes a graphics card: see above.'
        : isReadOnly.value && project.value
          ? 'The other tab trains this project.'
          : problems.value.size > 0
            ? 'A setting cannot be read: correct it above, or reset it.'
            : adding.value
              ? 'Photos are coming in: training can begin once they are here.'
              : filled < 2 &&
                (filled === 0
                  ? 'Two classes of photos are needed first.'
                  : 'A second class of photos is needed first.')}
    </p>
  );
}

/** What may be done meanwhile: most people ask whether they may look elsewhere. */
function WhileTraining() {
  return (
    <p class="hint">
      {!isHeld.value && (
        <>
          This tab may be in the background: training goes on beside the page, and only what is drawn waits.{' '}
          {isAwake.value
            ? 'The screen stays on while this tab is in front.'
            : 'A computer that falls asleep pauses it.'}{' '}
        </>
      )}
      Nothing is lost if the tab is closed: the run goes on from its last checkpoint.
    </p>
  );
}

/** Offers, before anything else, to go on with a run that is not over. */
export function Unfinished() {
  const stored = run.value;
  if (!stored?.canGoOn || training.value) return null;
  const { length: done } = stored.history;
  return (
    <div class="notice" role="region" aria-label="A run that is not over">
      <p>
        A run is not over: {plural(done, 'epoch')}
        {stored.epochs === undefined ? '' : ` of ${stored.epochs}`} done. It goes on exactly where it was.
      </p>
      <p class="actions">
        <button type="button" class="main" disabled={!canTrain.value} onClick={() => void train(stored.name)}>
          Go on with the last run
        </button>
      </p>
    </div>
  );
}
