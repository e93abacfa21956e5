/** The button, and the curves while it goes on. */
import { percent } from '../../../../src/format.ts';
import { TrainActions } from './actions.tsx';
import { Curves } from './curves.tsx';
import { RunLog } from './run-log.tsx';
import { history } from '../state/run.ts';
import { steps } from '../state/steps.ts';

export function TrainSection() {
  return (
    <section aria-labelledby="train">
      <h2 id="train">Train</h2>
      <TrainActions />
      {history.value.length > 0 && (
        <p class="figures">
          <strong>{percent(history.value.at(-1)?.valid.accuracy ?? NaN)}</strong> of the photos set aside are
          right after epoch {history.value.at(-1)?.epoch}
        </p>
      )}
      {(history.value.length > 0 || steps.value.length > 0) && (
        <Curves history={history.value} steps={steps.value} />
      )}
      <RunLog />
    </section>
  );
}
