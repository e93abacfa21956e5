/** The mistakes that the model was surest of: most often a photo in the wrong folder, or two things in one. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { percent, plural } from '../../../../src/format.ts';
import type { StoredAnswers } from '../../../../src/run/store/answers.ts';
import { LookedChoice } from '../shared/looked-choice.tsx';
import { StoredPhoto } from '../shared/stored-photo.tsx';
import { lookAt, lookedAt } from '../state/results.ts';
import { training } from '../state/run.ts';

const SHOWN = 24;

export function Mistakes({ files, actual, predicted, confidence, classes }: StoredAnswers) {
  const wrong = [...files.keys()].filter((i) => actual[i] !== predicted[i]);
  wrong.sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0));
  const surest = wrong.slice(0, SHOWN);
  const shows = useSignal(false);
  useEffect(() => {
    if (shows.value && !training.value) void lookAt(surest.map((i) => files[i] ?? ''));
  }, [shows.value, training.value, files]);
  if (wrong.length === 0) return <p>It makes no mistake on the photos set aside.</p>;
  return (
    <>
      <h3>The mistakes that it was surest of</h3>
      <LookedChoice shows={shows} disabled={training.value} />
      <ul class="photos">
        {surest.map((i) => {
          const drawn = shows.value ? lookedAt.value.get(files[i] ?? '') : undefined;
          const [is, said] = [classes[actual[i] ?? -1] ?? '', classes[predicted[i] ?? -1] ?? ''];
          return (
            <li key={files[i]}>
              <StoredPhoto path={files[i] ?? ''} alt={`${is}, taken for ${said}`} drawn={drawn} />
              <small>
                {is}, taken for {said} ({percent(confidence[i] ?? NaN)})
              </small>
            </li>
          );
        })}
      </ul>
      {wrong.length > SHOWN && (
        <p class="hint">
          These are {SHOWN} of {plural(wrong.length, 'mistake')}; the table above opens all of them.
        </p>
      )}
    </>
  );
}
