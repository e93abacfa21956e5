/** A class as a card: its name, its first photos, and what can be done with it. Photos dropped on it are of this class. */
import { useRef } from 'preact/hooks';
import { count, plural } from '../../../../src/format.ts';
import type { ClassSummary } from '../../engine/calls/photos.ts';
import { isReadOnly } from '../state/project.ts';
import { training } from '../state/run.ts';
import { Camera } from '../camera/record.tsx';
import { Drop, Picker } from '../shared/drop.tsx';
import {
  addPhotos,
  makeClass,
  movePhotos,
  openedClass,
  photos,
  removeClass,
  renameClass,
} from '../state/photos.ts';
import { dragged, endDrag, isPhotoDrag } from './drag.ts';
import { isFixed } from './fixed.ts';
import { openerOf } from './photo-grid.tsx';
import { Thumb } from './thumbs.tsx';

export function ClassCard({ id, name, count: all, valid, first }: ClassSummary) {
  const isOpen = openedClass.value === id;
  return (
    <li class="card class-card">
      <Drop
        class="class-drop"
        take={(picked) => addPhotos(picked, id)}
        takeOther={(event) => {
          if (!isPhotoDrag(event)) return false;
          const ids = dragged.value;
          endDrag();
          if (!isFixed.value) void movePhotos(ids, id, `${plural(ids.length, 'photo')} moved to “${name}”.`);
          return true;
        }}
      >
        <div class="card-head">
          <input
            key={name}
            defaultValue={name}
            aria-label={`Name of the class ${name}`}
            title={name}
            disabled={isFixed.value}
            maxLength={100}
            onChange={({ currentTarget }) => {
              const wanted = currentTarget.value;
              if (wanted.trim() === '') currentTarget.value = name;
              else void renameClass(id, name, wanted);
            }}
            onKeyDown={({ key, currentTarget }) => {
              if (key === 'Escape') currentTarget.value = name;
              else if (key === 'Enter') currentTarget.blur();
            }}
          />
          <button
            type="button"
            class="quiet"
            aria-label={`Remove the class ${name}`}
            disabled={isFixed.value}
            onClick={() => void removeClass(id, name)}
          >
            Remove
          </button>
        </div>
        <p class="card-count">
          {plural(all, 'photo')}
          {valid > 0 && `, ${count(valid)} of them set aside`}
        </p>
        <div class="thumbs">
          {first.map((photo) => (
            <Thumb key={photo} id={photo} />
          ))}
          {all === 0 && <p class="hint">Drop photos of this class here.</p>}
        </div>
        <div class="actions">
          {all > 0 && (
            <button
              id={openerOf(id)}
              type="button"
              class="small"
              aria-expanded={isOpen}
              aria-label={`${isOpen ? 'Close' : 'Show all'} photos of ${name}`}
              onClick={() => (openedClass.value = isOpen ? undefined : id)}
            >
              {isOpen ? 'Close' : 'Show all'}
            </button>
          )}
          <AddTo id={id} name={name} />
          <Camera
            of={name}
            disabled={training.value || isReadOnly.value} // each of its photos is added while it goes on
            onFrame={(file) => addPhotos(Promise.resolve([{ path: file.name, file }]), id)}
          />
        </div>
      </Drop>
    </li>
  );
}

const AddTo = ({ id, name }: { readonly id: string; readonly name: string }) => (
  <Picker
    label={`Add photos to ${name}`}
    text="Add photos"
    class="small"
    disabled={isReadOnly.value}
    take={(picked) => addPhotos(picked, id)}
  />
);

/** A class that has no photos yet: a name, and it is there. */
export function NewClass() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <form
      class="new-class"
      onSubmit={(event) => {
        event.preventDefault();
        const name = input.current?.value ?? '';
        if (input.current) input.current.value = '';
        if (name.trim() !== '') void makeClass(name);
      }}
    >
      <input
        ref={input}
        aria-label="Name of a new class"
        placeholder={photos.value.classes.length === 0 ? 'Name of a class' : 'Another class'}
        maxLength={100}
        disabled={isFixed.value}
      />
      <button type="submit" class="small" disabled={isFixed.value}>
        Make a class
      </button>
    </form>
  );
}
