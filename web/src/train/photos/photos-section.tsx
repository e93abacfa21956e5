/** The photos, by class: dropped or picked, each class a card. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { plural } from '../../../../src/format.ts';
import { Drop, Picker } from '../shared/drop.tsx';
import { engine } from '../state/engine.ts';
import { takeIn } from '../state/carrying.ts';
import { photos, removeClass, renameClass } from '../state/photos.ts';
import { training } from '../state/run.ts';

export function PhotosSection() {
  const { classes, leftOut } = photos.value;
  return (
    <section aria-labelledby="photos">
      <h2 id="photos">Photos</h2>
      <Drop take={takeIn}>
        <p>Drop a folder that holds a folder of photos for each class, or choose one.</p>
        <p class="actions">
          <Picker label="Choose a folder" take={takeIn} isFolder />
          <Picker label="Choose photos" take={takeIn} />
        </p>
      </Drop>
      {leftOut.length > 0 && (
        <details class="left-out">
          <summary>{plural(leftOut.length, 'file')} left out</summary>
          <ul>
            {leftOut.slice(0, 100).map(({ path, reason }) => (
              <li key={path}>
                {path} {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {classes.length > 0 && (
        <ul class="classes">
          {classes.map((one) => (
            <ClassCard key={one.name} {...one} />
          ))}
        </ul>
      )}
      {classes.length === 1 && <p class="hint">Telling apart takes two classes or more.</p>}
    </section>
  );
}

const SHOWN = 8;

function ClassCard({ name, photos }: { readonly name: string; readonly photos: readonly string[] }) {
  return (
    <li class="card">
      <div class="card-head">
        <input
          value={name}
          aria-label={`Name of the class ${name}`}
          disabled={training.value}
          onChange={({ currentTarget }) => void renameClass(name, currentTarget.value)}
        />
        <span>{plural(photos.length, 'photo')}</span>
        <button
          type="button"
          class="quiet"
          aria-label={`Remove the class ${name}`}
          disabled={training.value}
          onClick={() => void removeClass(name)}
        >
          Remove
        </button>
      </div>
      <div class="thumbs">
        {photos.slice(0, SHOWN).map((path) => (
          <Thumb key={path} path={path} />
        ))}
      </div>
    </li>
  );
}

/** A photo of the storage, whose address is given back when it is not shown any more. */
function Thumb({ path }: { readonly path: string }) {
  const url = useSignal('');
  useEffect(() => {
    let isGone = false;
    void engine.photo(path).then(
      (photo) => {
        if (!isGone) url.value = URL.createObjectURL(photo);
      },
      () => undefined, // removed meanwhile
    );
    return () => {
      isGone = true;
      URL.revokeObjectURL(url.value);
    };
  }, [path]);
  return url.value === '' ? (
    <span class="thumb" />
  ) : (
    <img class="thumb" src={url.value} alt="" loading="lazy" />
  );
}
