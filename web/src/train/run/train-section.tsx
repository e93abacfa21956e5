/** What is trained and for how long, the button, and the curves while it goes on. */
import { percent } from '../../../../src/format.ts';
import { paceText } from '../../../../src/run/texts.ts';
import { Curves } from './curves.tsx';
import {
  canTrain,
  epochs,
  history,
  log,
  pace,
  run,
  stop,
  train,
  training,
  tune,
  type Tune,
} from '../state/run.ts';
import { photos } from '../state/photos.ts';

const CHOICES: readonly (readonly [Tune, string, string])[] = [
  ['auto', 'Let graft choose', 'By how many photos there are; the log says why.'],
  ['head', 'The head', 'Only the last layer, on features that are computed once: seconds.'],
  ['layer4', 'The last stage too', 'For hundreds of photos and more.'],
  ['all', 'The whole network', 'For thousands of photos, and patience.'],
];

export function TrainSection() {
  const stored = run.value;
  const last = history.value.at(-1);
  return (
    <section aria-labelledby="train">
      <h2 id="train">Train</h2>
      <fieldset disabled={training.value}>
        <legend>What is trained</legend>
        {CHOICES.map(([name, label, about]) => (
          <label class="choice" key={name}>
            <input
              type="radio"
              name="tune"
              checked={tune.value === name}
              onChange={() => (tune.value = name)}
            />
            <span>{label}</span> <small>{about}</small>
          </label>
        ))}
        <label class="number">
          Epochs
          <input
            type="number"
            min={1}
            placeholder="chosen"
            value={epochs.value}
            onInput={({ currentTarget }) => {
              const value = currentTarget.valueAsNumber;
              epochs.value = Number.isInteger(value) && value >= 1 ? value : undefined;
            }}
          />
        </label>
      </fieldset>
      <p class="actions">
        {training.value ? (
          <button type="button" onClick={() => void stop()}>
            Stop
          </button>
        ) : (
          <>
            <button type="button" class="main" disabled={!canTrain.value} onClick={() => void train()}>
              Train
            </button>
            {stored?.canGoOn && (
              <button type="button" disabled={!canTrain.value} onClick={() => void train(stored.name)}>
                Go on with the last run
              </button>
            )}
          </>
        )}
        {training.value && pace.value && <span class="pace">{paceText(pace.value)}</span>}
      </p>
      {!canTrain.value && !training.value && photos.value.classes.length < 2 && (
        <p class="hint">Two classes of photos are needed first.</p>
      )}
      {last && (
        <p class="figures">
          <strong>{percent(last.valid.accuracy)}</strong> of the photos set aside are right after epoch{' '}
          {last.epoch}
        </p>
      )}
      {history.value.length > 0 && <Curves history={history.value} />}
      {log.value.length > 0 && (
        <details>
          <summary>Log</summary>
          <pre>{log.value.join('\n')}</pre>
        </details>
      )}
    </section>
  );
}
