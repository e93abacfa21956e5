/** The photos, by class: dropped, picked or pasted, each class a card. */
import { useEffect } from 'preact/hooks';
import { PHOTO_ENDINGS } from '../../engine/photos/formats.ts';
import { Drop, Picker } from '../shared/drop.tsx';
import { droppedOf } from '../shared/pick.ts';
import { takeIn } from '../state/carrying.ts';
import { addDrawings, adding, addPhotos, cancelAdding, openedClass, photos } from '../state/photos.ts';
import { isReadOnly } from '../state/project.ts';
import { training } from '../state/run.ts';
import { AddedNotice } from './added-notice.tsx';
import { isFixed } from './fixed.ts';
import { ClassCard, NewClass } from './class-card.tsx';
import { PhotoGrid } from './photo-grid.tsx';
import { UndoToast } from './undo-toast.tsx';
import { photoWarnings } from './warnings.ts';

export function PhotosSection() {
  usePaste();
  const { classes } = photos.value;
  const hasDrawings =
    classes
      .map(({ name }) => name)
      .sort()
      .join() === 'animal,food';
  const opened = classes.find(({ id }) => id === openedClass.value);
  return (
    <section aria-labelledby="photos">
      <h2 id="photos">Photos</h2>
      <Drop take={takeIn}>
        <p>
          Drop a folder that holds a folder of photos for each class, or a zip of it. Photos can be pasted,
          too.
        </p>
        <p class="actions">
          <Picker label="Choose a folder" take={takeIn} isFolder disabled={isReadOnly.value} />
          <Picker
            label="Choose photos"
            take={takeIn}
            accept={`${PHOTO_ENDINGS},.zip`}
            disabled={isReadOnly.value}
          />
          {classes.length === 0 && !adding.value && (
            <button type="button" disabled={isFixed.value} onClick={() => void addDrawings()}>
              Try with drawings: animal or food?
            </button>
          )}
          {adding.value && (
            <button type="button" onClick={() => void cancelAdding()}>
              Stop adding
            </button>
          )}
        </p>
        {(classes.length === 0 || hasDrawings) && (
          <p class="licences">
            Drawings: Noto Emoji by Google (Apache 2.0) to train on, Twemoji by Twitter (CC BY 4.0) to judge
            by.
          </p>
        )}
      </Drop>
      <AddedNotice />
      {!adding.value && <Warnings />}
      {classes.length > 0 && (
        <ul class="classes">
          {classes.map((one) => (
            <ClassCard key={one.id} {...one} />
          ))}
        </ul>
      )}
      {opened && <PhotoGrid key={opened.id} {...opened} />}
      <NewClass />
      {classes.length === 1 && <p class="hint">Telling apart takes two classes or more.</p>}
      <UndoToast />
    </section>
  );
}

function Warnings() {
  const { contradicting } = photos.value;
  const warnings = photoWarnings(photos.value);
  if (warnings.length === 0) return null;
  return (
    <ul class="warnings" aria-label="About these photos">
      {warnings.map((text, i) => (
        <li key={text}>
          {text}
          {i === 0 && contradicting.length > 0 && (
            <details>
              <summary>Photos in two classes</summary>
              <ul>
                {contradicting.map(([one, other]) => (
                  <li key={one}>
                    {one} and {other}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Pictures and files that are pasted anywhere on the page are of the class that is open. */
function usePaste(): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const { clipboardData: data, target } = event;
      const isTyping = target instanceof HTMLElement && target.closest('input:not([type=radio]), textarea');
      if (isTyping || training.value || isReadOnly.value || !data || data.files.length === 0) return;
      event.preventDefault();
      void addPhotos(droppedOf(data), openedClass.value);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, []);
}
