/** How the best model does: what it takes for what, and the mistakes that it was surest of. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { percent } from '../../../../src/format.ts';
import { bestText } from '../../../../src/run/texts.ts';
import { countAt } from '../../../../src/report/index.ts';
import type { BestJudgement } from '../../../../src/run/outcome.ts';
import { TakeRun } from '../projects/take-run.tsx';
import { outcome, run } from '../state/run.ts';
import { take } from '../state/trying.ts';

export function ResultSection() {
  const { judged, best } = outcome.value ?? {};
  if (!judged && !run.value?.hasModel) return null;
  return (
    <section aria-labelledby="result">
      <h2 id="result">Result</h2>
      {best && <p>The best model is of {bestText(best)}.</p>}
      {judged && <Confusion {...judged} />}
      {judged && judged.shown.length > 0 && (
        <>
          <h3>The mistakes that it was surest of</h3>
          <ul class="mistakes">
            {judged.shown.map((mistake) => (
              <li key={mistake.file}>
                {mistake.picture && <Picture bytes={mistake.picture.bytes} />}
                <small>
                  {mistake.actual}, taken for {mistake.predicted} ({percent(mistake.confidence)})
                </small>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>Take away</h3>
      <p class="actions">
        <button type="button" onClick={() => void take('safetensors')}>
          Model for PyTorch (safetensors)
        </button>
        <button type="button" onClick={() => void take('onnx')}>
          Model for ONNX
        </button>
        <button type="button" onClick={() => void take('report')}>
          Report
        </button>
        <TakeRun />
      </p>
    </section>
  );
}

function Confusion({ confusion }: BestJudgement) {
  const { classes } = confusion;
  return (
    <div class="scroll">
      <table class="confusion">
        <caption>Photos set aside, by what they are and what the model says</caption>
        <thead>
          <tr>
            <th scope="col">is \ said</th>
            {classes.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map((name, is) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {classes.map((other, said) => (
                <td
                  key={other}
                  class={is === said ? 'right' : countAt(confusion, is, said) > 0 ? 'wrong' : ''}
                >
                  {countAt(confusion, is, said)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A PNG in memory. */
function Picture({ bytes }: { readonly bytes: Uint8Array }) {
  const url = useSignal('');
  useEffect(() => {
    url.value = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
    return () => URL.revokeObjectURL(url.value);
  }, [bytes]);
  return url.value === '' ? null : <img src={url.value} alt="" />;
}
