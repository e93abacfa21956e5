/**
 * The photos of a class, of which only those in sight exist in the page. A list box: arrows move, Space and clicks choose, Shift chooses
 * a range, Ctrl+A all; what is chosen is moved, removed, set aside, or dragged onto another class.
 */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { count, plural } from '../../../../src/format.ts';
import type { ClassSummary, PhotoRef } from '../../engine/calls/photos.ts';
import { engine } from '../state/engine.ts';
import { markPhotos, movePhotos, openedClass, photos, removePhotos } from '../state/photos.ts';
import { endDrag, startDrag } from './drag.ts';
import { isFixed } from './fixed.ts';
import { Choice, type Grid } from './grid-choice.ts';
import { Thumb } from './thumbs.tsx';

/** The least width of a cell, and the rows beyond the edge that are kept, so that scrolling shows no gaps. */
const CELL = 88;
const SPARE_ROWS = 2;

/** The button on a class's card that opens its photos, by its identifier in the page. */
export const openerOf = (id: string): string => `open-${id}`;

export function PhotoGrid({ id, name }: ClassSummary) {
  const list = useSignal<readonly PhotoRef[]>([]);
  const choice = useSignal(Choice.none);
  const set = photos.value;
  useEffect(() => {
    let isGone = false;
    void engine.photosOf(id).then(
      (found) => {
        if (isGone) return;
        list.value = found;
        choice.value = choice.value.among(found.length);
      },
      () => undefined, // the class was removed meanwhile
    );
    return () => void (isGone = true);
  }, [id, set]);
  const chosen = choice.value.indexes.flatMap((i) => list.value[i]?.id ?? []);
  const aside = list.value.filter(({ part }) => part === 'val').length;
  const close = () => {
    openedClass.value = undefined;
    document.getElementById(openerOf(id))?.focus();
  };
  const element = useRef<HTMLDivElement>(null);
  const isThere = list.value.length > 0;
  // Of many classes the card may stand far above.
  useEffect(() => element.current?.scrollIntoView({ block: 'nearest' }), [isThere]);
  return (
    <div ref={element} class="opened" role="group" aria-label={`Photos of ${name}`}>
      <div class="opened-head">
        <h3>{name}</h3>
        <p>
          {plural(list.value.length, 'photo')}
          {chosen.length > 0 && `, ${count(chosen.length)} chosen`}
          {aside > 0 && (
            <>
              , {count(aside)} set aside <span class="aside" aria-hidden="true" />
            </>
          )}
        </p>
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </div>
      <Actions id={id} chosen={chosen} done={() => (choice.value = Choice.none)} />
      <Cells
        name={name}
        list={list.value}
        choice={choice.value}
        choose={(next) => (choice.value = next)}
        close={close}
        remove={() => {
          remove(chosen, name);
          choice.value = choice.value.cleared();
        }}
      />
    </div>
  );
}

function remove(chosen: readonly string[], name: string): void {
  if (chosen.length === 0 || isFixed.value) return;
  void removePhotos(chosen, `${plural(chosen.length, 'photo')} of “${name}”`);
}

interface ActionsProps {
  readonly id: string;
  readonly chosen: readonly string[];
  readonly done: () => void;
}

function Actions({ id, chosen, done }: ActionsProps) {
  const { classes, division } = photos.value;
  const others = classes.filter((one) => one.id !== id);
  const isOff = chosen.length === 0 || isFixed.value;
  const name = classes.find((one) => one.id === id)?.name ?? '';
  return (
    <p class="actions">
      <select
        aria-label="Move the chosen photos to"
        disabled={isOff || others.length === 0}
        value=""
        onChange={({ currentTarget }) => {
          const to = others.find((one) => one.id === currentTarget.value);
          currentTarget.value = '';
          if (!to) return;
          void movePhotos(chosen, to.id, `${plural(chosen.length, 'photo')} moved to “${to.name}”.`);
          done();
        }}
      >
        <option value="">Move to…</option>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="small"
        disabled={isOff}
        onClick={() => {
          remove(chosen, name);
          done();
        }}
      >
        Remove
      </button>
      <button
        type="button"
        class="small"
        disabled={isOff}
        onClick={() => void markPhotos(chosen, 'val').then(done)}
      >
        Set aside for validation
      </button>
      {division !== 'none' && (
        <button
          type="button"
          class="small"
          disabled={isOff}
          onClick={() => void markPhotos(chosen, 'train').then(done)}
        >
          Train on them
        </button>
      )}
    </p>
  );
}

interface CellsProps {
  readonly name: string;
  readonly list: readonly PhotoRef[];
  readonly choice: Choice;
  readonly choose: (choice: Choice) => void;
  readonly close: () => void;
  readonly remove: () => void;
}

function Cells({ name, list, choice, choose, close, remove }: CellsProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useSignal({ width: 0, height: 0, top: 0 });
  const look = () => {
    const { clientWidth: width = 0, clientHeight: height = 0, scrollTop: top = 0 } = box.current ?? {};
    view.value = { width, height, top };
  };
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const { width, height, top } = view.value;
  const columns = Math.max(1, Math.floor(width / CELL));
  const side = width / columns;
  const rows = Math.ceil(list.length / columns);
  const from = Math.max(0, Math.floor(top / Math.max(1, side)) - SPARE_ROWS);
  const to = Math.min(rows, Math.ceil((top + height) / Math.max(1, side)) + SPARE_ROWS);
  const inSight = list.slice(from * columns, width > 0 ? to * columns : 0);
  const grid: Grid = {
    columns,
    rows: Math.max(1, Math.floor(height / Math.max(1, side))),
    length: list.length,
  };

  const show = (next: Choice) => {
    choose(next);
    const row = Math.floor(next.active / columns);
    const element = box.current;
    if (!element) return;
    if (row * side < element.scrollTop) element.scrollTop = row * side;
    else if ((row + 1) * side > element.scrollTop + height) element.scrollTop = (row + 1) * side - height;
  };
  const cellId = (index: number) => `photo-${list[index]?.id ?? ''}`;
  const isActiveHere = choice.active >= from * columns && choice.active < to * columns;
  return (
    <div
      ref={box}
      class="cells"
      role="listbox"
      tabIndex={0}
      aria-multiselectable="true"
      aria-label={`Photos of ${name}`}
      aria-activedescendant={isActiveHere ? cellId(choice.active) : undefined}
      onScroll={look}
      onKeyDown={(event) => {
        const next = choice.key(event, grid);
        if (event.key === 'Escape' && choice.indexes.length === 0) close();
        else if (next) show(next);
        else if (event.key === 'Delete') remove();
        else return;
        event.preventDefault();
      }}
    >
      <div class="cells-all" role="presentation" style={{ height: `${rows * side}px` }}>
        {inSight.map((photo, i) => {
          const index = from * columns + i;
          const isChosen = choice.has(index);
          return (
            <div
              key={photo.id}
              id={cellId(index)}
              class={`cell${index === choice.active ? ' active' : ''}`}
              role="option"
              aria-selected={isChosen}
              aria-label={photo.part === 'val' ? `${photo.name}, set aside` : photo.name}
              aria-setsize={list.length}
              aria-posinset={index + 1}
              title={photo.name}
              style={{
                width: `${side}px`,
                height: `${side}px`,
                transform: `translate(${(index % columns) * side}px, ${Math.floor(index / columns) * side}px)`,
              }}
              draggable={!isFixed.value}
              onClick={(event) => choose(choice.click(index, event))}
              onDragStart={(event) => {
                const ids = isChosen ? choice.indexes.flatMap((j) => list[j]?.id ?? []) : [photo.id];
                startDrag(event, ids);
              }}
              onDragEnd={endDrag}
            >
              <Thumb id={photo.id} />
              {photo.part === 'val' && <span class="aside" aria-hidden="true" />}
            </div>
          );
        })}
      </div>
    </div>
  );
}
