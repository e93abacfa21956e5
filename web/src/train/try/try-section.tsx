/** The trained model on photos that it has never seen: dropped, picked, pasted, or of the camera. */
import { Drop, Picker } from '../shared/drop.tsx';
import { pickedOf } from '../shared/pick.ts';
import { run, training } from '../state/run.ts';
import { answers, tryOn } from '../state/trying.ts';
import { Bars } from './bars.tsx';
import { LiveTry } from './live.tsx';

export function TrySection() {
  if (!run.value?.hasModel) return null;
  return (
    <section
      aria-labelledby="try"
      tabIndex={-1} // what is pasted goes to the section that was clicked
      onPaste={(event) => {
        const pasted = pickedOf(event.clipboardData?.files ?? null);
        if (pasted.length === 0 || training.value) return;
        event.preventDefault();
        event.stopPropagation();
        void tryOn(Promise.resolve(pasted));
      }}
    >
      <h2 id="try">Try it</h2>
      <Drop take={tryOn}>
        <p>Drop photos that it has not seen, or click here and paste one.</p>
        <p class="actions">
          <Picker label="Choose photos to try" take={tryOn} />
        </p>
      </Drop>
      <LiveTry />
      <ul class="answers">
        {answers.value.map(({ path, ranked, reason, url }) => (
          <li key={url} class="card">
            <img src={url} alt={path} />
            {reason === undefined ? (
              <Bars ranked={ranked} />
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
