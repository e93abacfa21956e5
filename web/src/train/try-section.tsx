/** The trained model on photos that it has never seen. */
import { useRef } from 'preact/hooks';
import { percent } from '../../../src/format.ts';
import { droppedOf, pickedOf } from './pick.ts';
import { answers, run, training, tryOn } from './state.ts';

export function TrySection() {
  const input = useRef<HTMLInputElement>(null);
  if (!run.value?.hasModel) return null;
  return (
    <section aria-labelledby="try">
      <h2 id="try">Try it</h2>
      <div
        class="drop"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          if (event.dataTransfer) void droppedOf(event.dataTransfer).then(tryOn);
        }}
      >
        <p>Drop photos that it has not seen.</p>
        <p class="actions">
          <button type="button" disabled={training.value} onClick={() => input.current?.click()}>
            Choose photos to try
          </button>
          <input
            ref={input}
            type="file"
            hidden
            multiple
            accept="image/*"
            aria-label="Choose photos to try"
            onChange={({ currentTarget }) => {
              void tryOn(pickedOf(currentTarget.files));
              currentTarget.value = '';
            }}
          />
        </p>
      </div>
      <ul class="answers">
        {answers.value.map(({ path, ranked, reason, url }) => (
          <li key={url} class="card">
            <img src={url} alt={path} />
            {reason === undefined ? (
              <dl class="bars">
                {ranked.map((one) => (
                  <div key={one.class}>
                    <dt>{one.class}</dt>
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
