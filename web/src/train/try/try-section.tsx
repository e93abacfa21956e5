/** The trained model on photos that it has never seen: dropped, picked, pasted, or of the camera. */
import { Drop, Picker } from '../shared/drop.tsx';
import { LookedChoice } from '../shared/looked-choice.tsx';
import { pickedOf } from '../shared/pick.ts';
import { run, training } from '../state/run.ts';
import { answers, showsLooked, tryOn } from '../state/trying.ts';
import { LiveTry } from './live.tsx';
import { Said } from './said.tsx';

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
      {answers.value.some(({ overlay }) => overlay !== undefined) && <LookedChoice shows={showsLooked} />}
      <ul class="answers">
        {answers.value.map(({ path, ranked, reason, url, overlay, unlike }) => (
          <li key={url} class="card">
            {reason === undefined && (
              <img
                src={(showsLooked.value ? overlay : undefined) ?? url}
                alt={showsLooked.value && overlay !== undefined ? `${path}, where the network looked` : path}
              />
            )}
            {reason === undefined ? (
              <Said ranked={ranked} unlike={unlike} />
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
