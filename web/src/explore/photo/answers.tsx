/** What the networks answer. */
import { topK } from '../../../../src/train/loop/metrics.ts';
import { digits, percent } from './numbers.ts';
import type { SeenNetwork } from './protocol.ts';
import { looked } from './state.ts';

const SHOWN = 5;

export function Answers() {
  const shown = looked.value;
  if (!shown) return null;
  return (
    <section aria-labelledby="answers">
      <h2 id="answers">What it answers</h2>
      <div class="pair">
        <Answer network={shown.a} letter="A" />
        {shown.b && <Answer network={shown.b} letter="B" />}
      </div>
    </section>
  );
}

function Answer({ network, letter }: { readonly network: SeenNetwork; readonly letter: string }) {
  const { title, classes, shares, logits } = network;
  return (
    <div class="wide" tabIndex={0}>
      <table>
        <caption>
          {letter}: {title}
        </caption>
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col">Probability</th>
            <th scope="col">Logit</th>
          </tr>
        </thead>
        <tbody>
          {topK(shares, SHOWN).map((index) => (
            <tr key={index}>
              <th scope="row">{classes[index]}</th>
              <td>
                <meter value={shares[index]} aria-label={`Probability of ${classes[index] ?? ''}`} />{' '}
                {percent(shares[index] ?? 0)}
              </td>
              <td>{digits(logits[logits.length === 1 ? 0 : index] ?? NaN)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
