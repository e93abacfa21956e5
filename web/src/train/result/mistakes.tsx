/** The mistakes that the model was surest of: most often a photo in the wrong folder, or two things in one. */
import { percent, plural } from '../../../../src/format.ts';
import type { StoredAnswers } from '../../../../src/run/store/answers.ts';
import { StoredPhoto } from '../shared/stored-photo.tsx';

const SHOWN = 24;

export function Mistakes({ files, actual, predicted, confidence, classes }: StoredAnswers) {
  const wrong = [...files.keys()].filter((i) => actual[i] !== predicted[i]);
  if (wrong.length === 0) return <p>It makes no mistake on the photos set aside.</p>;
  wrong.sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0));
  return (
    <>
      <h3>The mistakes that it was surest of</h3>
      <ul class="photos">
        {wrong.slice(0, SHOWN).map((i) => {
          const [is, said] = [classes[actual[i] ?? -1] ?? '', classes[predicted[i] ?? -1] ?? ''];
          return (
            <li key={files[i]}>
              <StoredPhoto path={files[i] ?? ''} alt={`${is}, taken for ${said}`} />
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
