/** The trained model on photos that it has never seen. */
import { percent } from '../../../../src/format.ts';
import { Drop, Picker } from '../shared/drop.tsx';
import { nowCalled } from '../state/photos.ts';
import { run } from '../state/run.ts';
import { answers, tryOn } from '../state/trying.ts';

export function TrySection() {
  if (!run.value?.hasModel) return null;
  return (
    <section aria-labelledby="try">
      <h2 id="try">Try it</h2>
      <Drop take={tryOn}>
        <p>Drop photos that it has not seen.</p>
        <p class="actions">
          <Picker label="Choose photos to try" take={tryOn} />
        </p>
      </Drop>
      <ul class="answers">
        {answers.value.map(({ path, ranked, reason, url }) => (
          <li key={url} class="card">
            <img src={url} alt={path} />
            {reason === undefined ? (
              <dl class="bars">
                {ranked.map((one) => (
                  <div key={one.class}>
                    <dt>{nowCalled(one.class, run.value?.name)}</dt>
                    <dd>
                      <meter value={one.probability} max={1} aria-label={one.class} />{' '}
                      {percent(one.probability)}
                    </dd>
                  </div>
                ))}
              </dl>
            ) : (
              <p class="hint">
                {path} {reason}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
