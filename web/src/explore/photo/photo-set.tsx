/**
 * The photos at hand, as a list of which one is chosen. There may be hundreds: it is a single stop of the Tab key, arrow keys go from
 * photo to photo, and Enter shows the network the one that they have come to.
 */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { SetPhoto } from './protocol.ts';
import { choosePhoto, photo } from './state.ts';

/** A photo with the address of its picture. */
export type PhotoAtHand = SetPhoto & { readonly url: string };

export function PhotoSet({ of }: { readonly of: readonly PhotoAtHand[] }) {
  const list = useRef<HTMLUListElement>(null);
  /** Where the arrow keys have come to; otherwise the chosen one is the stop. */
  const reached = useSignal<number | undefined>(undefined);
  const chosen = of.findIndex(({ file }) => file === photo.value?.file);
  const stop = reached.value ?? Math.max(chosen, 0);
  const choose = (at: number) => {
    const one = of[at];
    if (!one) return;
    reached.value = undefined;
    if (at !== chosen) choosePhoto(one);
  };
  const options = () => Array.from(list.current?.children ?? [], (one) => one as HTMLElement);
  const go = (to: number) => {
    reached.value = Math.min(Math.max(to, 0), of.length - 1);
    options()[reached.value]?.focus();
  };
  /** Where each key leads: up and down by a row as they lie on the screen. */
  const keys: Readonly<Record<string, (() => void) | undefined>> = {
    ArrowLeft: () => go(stop - 1),
    ArrowRight: () => go(stop + 1),
    ArrowUp: () => go(stop - columnsOf(options())),
    ArrowDown: () => go(stop + columnsOf(options())),
    Home: () => go(0),
    End: () => go(of.length - 1),
    Enter: () => choose(stop),
    ' ': () => choose(stop),
  };
  return (
    <ul
      ref={list}
      class="set"
      role="listbox"
      aria-label="Photos at hand: arrow keys go from one to the next, Enter chooses"
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        act();
      }}
    >
      {of.map(({ url, name }, i) => (
        <li
          key={url}
          role="option"
          tabIndex={i === stop ? 0 : -1}
          aria-selected={i === chosen}
          onClick={() => choose(i)}
        >
          <img src={url} alt={name} width="48" height="48" loading="lazy" />
        </li>
      ))}
    </ul>
  );
}

function columnsOf(options: readonly HTMLElement[]): number {
  const [first] = options;
  const next = options.findIndex(({ offsetTop }) => offsetTop !== first?.offsetTop);
  return next < 0 ? options.length : next;
}
