/** Where the photo comes from: dropped, picked, pasted, or of a set at hand. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { PhotoSet, type PhotoAtHand } from './photo-set.tsx';
import type { SetPhoto } from './protocol.ts';
import { choosePhoto, doing, photo, projects, worker } from './state.ts';

/** The set at hand, with addresses of its pictures. */
const set = signal<readonly PhotoAtHand[]>([]);
const isOver = signal(false);

export function PhotoSection() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => takeFirst(clipboardData?.files);
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);
  return (
    <section aria-labelledby="photo">
      <h2 id="photo">The photo</h2>
      <div
        class={isOver.value ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault(); // otherwise the browser leaves the page for the photo
          isOver.value = true;
        }}
        onDragLeave={() => (isOver.value = false)}
        onDrop={(event) => {
          event.preventDefault();
          isOver.value = false;
          takeFirst(event.dataTransfer?.files);
        }}
      >
        <p>
          {photo.value
            ? `Looking at ${photo.value.name}. Drop another one here.`
            : 'Drop a photo here. It stays in this tab.'}
        </p>
        <div class="actions">
          <button type="button" onClick={() => input.current?.click()}>
            Choose a photo
          </button>
          <button type="button" class={photo.value ? undefined : 'main'} onClick={() => void takeDrawings()}>
            Take a drawing
          </button>
          {projects.value.map(({ id, name }) => (
            <button key={id} type="button" onClick={() => void takeProject(id)}>
              Photos of {name}
            </button>
          ))}
        </div>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="Choose a photo"
          accept="image/*"
          onChange={({ currentTarget }) => {
            takeFirst(currentTarget.files);
            currentTarget.value = ''; // the same file may be chosen again
          }}
        />
      </div>
      {set.value.length > 0 && <PhotoSet key={set.value[0]?.url} of={set.value} />}
    </section>
  );
}

function takeFirst(files: FileList | null | undefined): void {
  const file = files?.[0];
  if (file) choosePhoto({ name: file.name, file });
}

/** Takes the drawings of the site, and of them the one of that name or the first. */
export const takeDrawings = (name?: string) =>
  take(name, 'Fetching drawings', () =>
    worker.drawings(new URL('../../drawings.zip', document.baseURI).href),
  );

const takeProject = (id: string) => take(undefined, 'Fetching photos', () => worker.projectPhotos(id));

async function take(
  name: string | undefined,
  what: string,
  find: () => Promise<readonly SetPhoto[]>,
): Promise<void> {
  const found = await doing(what, find);
  if (!found) return;
  for (const { url } of set.value) URL.revokeObjectURL(url);
  set.value = found.map((one) => ({ ...one, url: URL.createObjectURL(one.small ?? one.file) }));
  const chosen = found.find((one) => one.name === name) ?? found[0];
  if (chosen) choosePhoto(chosen);
}
