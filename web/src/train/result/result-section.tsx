/** How the best model does on photos that it was not trained on: what it takes for what, class by class, its surest mistakes. */
import { useSignal } from '@preact/signals';
import { confusionMatrix } from '../../../../src/report/confusion.ts';
import { likelyAccuracy } from '../../../../src/report/interval.ts';
import { overconfidenceText } from '../../../../src/report/overconfidence.ts';
import type { StoredAnswers } from '../../../../src/run/store/answers.ts';
import { percent, plural } from '../../../../src/format.ts';
import { judge, shownAnswers } from '../state/results.ts';
import { history, run, training } from '../state/run.ts';
import { ClassTable } from './class-table.tsx';
import { ConfusionTable, type Cell } from './confusion-table.tsx';
import { Mistakes } from './mistakes.tsx';
import { PhotosOfCell } from './photos-of-cell.tsx';
import { TakeAway } from './take-away.tsx';
import { UseIt } from './use-it.tsx';

export function ResultSection() {
  if (!run.value?.hasModel) return null;
  return (
    <section aria-labelledby="result">
      <h2 id="result">Result</h2>
      <Result />
    </section>
  );
}

function Result() {
  const best = history.value.findLast(({ isBest }) => isBest);
  const judged = shownAnswers.value;
  return (
    <>
      {best && (
        <p>
          The best model is that of epoch {best.epoch}: {percent(best.valid.accuracy)}
          {typeof judged === 'object' ? ` of ${plural(judged.files.length, 'photo')}` : ' of the photos'} set
          aside are right
          {typeof judged === 'object' &&
            `; of many more such photos ${likelyAccuracy(best.valid.accuracy, judged.files.length)} are likely to be, a bit fewer as these chose the epoch`}
          .
        </p>
      )}
      {best && typeof judged === 'object' && (
        <Warning text={overconfidenceText(best, history.value.length, judged.classes.length)} />
      )}
      {judged === 'none' && !training.value && (
        <p class="actions">
          <button type="button" onClick={() => void judge()}>
            Look at the photos set aside
          </button>
          <span class="hint">
            This run has no answers of its best model: it was ended before it could look, or made elsewhere.
          </span>
        </p>
      )}
      {typeof judged === 'object' && <Judged {...judged} />}
      <TakeAway />
      <UseIt />
    </>
  );
}

function Warning({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : <p class="warning">{text}</p>;
}

function Judged(judged: StoredAnswers) {
  const shown = useSignal<Cell | undefined>(undefined);
  const confusion = confusionMatrix(judged.actual, judged.predicted, judged.classes);
  return (
    <>
      <ConfusionTable confusion={confusion} open={(cell) => (shown.value = cell)} />
      {shown.value && (
        <PhotosOfCell judged={judged} cell={shown.value} close={() => (shown.value = undefined)} />
      )}
      <ClassTable confusion={confusion} />
      <Mistakes {...judged} />
    </>
  );
}
