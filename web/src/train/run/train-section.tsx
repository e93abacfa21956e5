/** The button, and the curves while it goes on. */
import { percent } from '../../../../src/format.ts';
import { paceText } from '../../../../src/run/texts.ts';
import { Curves } from './curves.tsx';
import { canTrain, history, log, pace, run, stop, train, training } from '../state/run.ts';
import { photos } from '../state/photos.ts';
import { problems } from '../state/settings.ts';

export function TrainSection() {
  const stored = run.value;
  const last = history.value.at(-1);
  return (
    <section aria-labelledby="train">
      <h2 id="train">Train</h2>
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
      {problems.value.size > 0 && !training.value && (
        <p class="hint">A setting cannot be read: correct it above, or reset it.</p>
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
