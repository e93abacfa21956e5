/** What is looked at, in the page's address: it can be kept, sent and come back to. A photo that was dropped is in no address. */
import { batch, effect } from '@preact/signals';
import {
  channel,
  chooseLayer,
  layer,
  looked,
  movePlace,
  networkA,
  networkB,
  photo,
  place,
  side,
  SITE,
} from './state.ts';

/** Browsers allow some three changes of the address a second; nobody reads it while the pointer moves. */
const WAIT_MS = 500;

/** Takes over what the address says, at once or as soon as a photo was looked at, and keeps the address up to date from then on. */
export function beginAddress(takeDrawing: (name: string) => void): void {
  const given = new URLSearchParams(location.hash.slice(1));
  const text = (name: string) => given.get(name) ?? undefined;
  const number = (name: string) => {
    const value = Number(text(name) ?? NaN);
    return Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  networkA.value = text('a') ?? networkA.value;
  networkB.value = text('b');
  side.value = number('side');
  const name = text('photo');
  if (name !== undefined) takeDrawing(name);
  let isTaken = !given.has('layer');
  effect(() => {
    const { layers } = looked.value?.a ?? {};
    if (isTaken || !layers) return;
    isTaken = true;
    const index = layers.findIndex((one) => one.name === text('layer'));
    if (index < 0) return;
    batch(() => {
      chooseLayer(index);
      const channels = layers[index]?.shape.at(-1) ?? 1;
      channel.value = Math.min(number('channel') ?? 0, channels - 1);
      movePlace(number('row') ?? place.peek().y, number('column') ?? place.peek().x);
    });
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const said: Readonly<Record<string, string | number | undefined>> = {
      photo: photo.value?.isDrawing ? photo.value.name : undefined,
      a: networkA.value === SITE ? undefined : lasting(networkA.value),
      b: lasting(networkB.value),
      side: side.value,
      layer: layer.value?.name,
      channel: channel.value,
      row: place.value.y,
      column: place.value.x,
    };
    if (!looked.value || !isTaken) return;
    const parameters = new URLSearchParams();
    for (const [key, value] of Object.entries(said))
      if (value !== undefined) parameters.set(key, String(value));
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, '', `#${parameters.toString()}`), WAIT_MS);
  });
}

/** A file that was brought is gone with the page. */
const lasting = (id: string | undefined): string | undefined => (id?.startsWith('file:') ? undefined : id);
