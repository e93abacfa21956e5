/** What the page shows: a photo, one network or two, the layer, channel and place that are looked at. */
import { batch, computed, effect, signal } from '@preact/signals';
import { messageOf } from '../../../../src/format.ts';
import type { Fields } from '../../../../src/run/see/fields.ts';
import { startWorker, WorkerError } from './client.ts';
import type {
  AtHand,
  Explained,
  GivenPhoto,
  LayerValues,
  Looked,
  Prepared,
  SeenNetwork,
  SetPhoto,
  ShownLayer,
  Slot,
  Source,
} from './protocol.ts';

/** The network that comes with the site. */
export const SITE = 'resnet18-emoji';

export const progress = signal<{ readonly done: number; readonly total: number } | undefined>(undefined);
export const worker = startWorker((done, total) => (progress.value = { done, total }));

/** What could not be done, and why there is no device, if there is none. */
export const failure = signal<string | undefined>(undefined);
export const noGpu = signal<string | undefined>(undefined);
/** What is under way. */
export const busy = signal<string | undefined>(undefined);

export const sources = signal<readonly Source[]>([
  { id: SITE, title: 'ResNet-18 that comes with this site, pretrained on drawings of emoji', kind: 'site' },
]);
/** Projects whose photos can be looked at. */
export const projects = signal<AtHand['projects']>([]);
/** The networks to look into. */
export const networkA = signal(SITE);
export const networkB = signal<string | undefined>(undefined);
/** Pixels a side; undefined for those that network A learned from. */
export const side = signal<number | undefined>(undefined);
export const photo = signal<(GivenPhoto & Pick<SetPhoto, 'isDrawing'>) | undefined>(undefined);

export const looked = signal<Looked | undefined>(undefined);
/** What can be told of the photo where there is no device. */
export const prepared = signal<Prepared | undefined>(undefined);
/** The layer by its number, and its values once they are here. */
export const layerIndex = signal(0);
export const values = signal<(LayerValues & { readonly of: Looked; readonly index: number }) | undefined>(
  undefined,
);
export const channel = signal(0);
/** The output that is pointed at: of the layer, in the channel. */
export const place = signal({ y: 0, x: 0 });
/** How outputs become colours: each channel by its own largest, or all by the layer's. */
export const scale = signal<'channel' | 'layer'>('channel');
/** What of the two networks an output is taken apart of. */
export const slot = signal<Slot>('a');
export const explained = signal<(Explained & { readonly y: number; readonly x: number }) | undefined>(
  undefined,
);

export const layer = computed<ShownLayer | undefined>(
  () => (looked.value?.a ?? prepared.value)?.layers[layerIndex.value],
);
/** What of the photo each output of the layer can see. */
export const fields = computed<Fields | undefined>(() =>
  looked.value ? values.value?.fields : prepared.value?.fields[layerIndex.value],
);
/** Rows, columns and channels of the layer; a layer without places has one. */
export const size = computed(() => sizeOf(layer.value));

export function sizeOf(
  layer: Pick<ShownLayer, 'shape'> | undefined,
): readonly [height: number, width: number, channels: number] {
  const [height = 1, width = 1, channels = 1] =
    layer === undefined || layer.shape.length === 3 ? (layer?.shape ?? []) : [1, 1, layer.shape[0] ?? 1];
  return [height, width, channels];
}

/** The layer whose sums this one's outputs are, or are made from. */
export const summedIndex = computed<number | undefined>(() => {
  const index = layer.value?.isSum ? layerIndex.value : layer.value?.partner;
  return index !== undefined && looked.value?.a.layers[index]?.isSum ? index : undefined;
});

/** Does work that may fail, and says so. */
export async function doing<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  busy.value = what;
  try {
    const result = await work();
    failure.value = undefined;
    return result;
  } catch (error) {
    if (error instanceof WorkerError && error.webGpu !== undefined) noGpu.value = error.webGpu;
    else failure.value = messageOf(error);
    return undefined;
  } finally {
    if (busy.value === what) busy.value = undefined;
  }
}

let photos = 0;
export function choosePhoto({ name, file, isDrawing = false }: SetPhoto): void {
  photo.value = { id: photos++, name, file, isDrawing };
}

/** Looks up what this browser has; the network of the site is known without. */
export async function findAtHand(): Promise<void> {
  worker.adapter().catch((error: unknown) => {
    noGpu.value = error instanceof WorkerError ? error.webGpu : undefined;
  });
  const found = await worker.atHand().catch(() => undefined); // no storage: there is what the site has
  if (!found) return;
  sources.value = [...found.networks, ...sources.value.filter(({ kind }) => kind === 'file')];
  projects.value = found.projects;
}

/** Shows the photo to the networks whenever one of them is another. */
export function beginLooking(): void {
  let last = 0;
  effect(() => {
    const wanted = { a: networkA.value, b: networkB.value, side: side.value };
    const given = photo.value;
    if (!given) return;
    const own = ++last;
    const { id, name, file } = given;
    if (noGpu.value !== undefined) {
      void doing('The photo is prepared', () =>
        worker.prepared({ ...wanted, photo: { id, name, file } }),
      ).then((found) => {
        if (own !== last) return;
        const isFirst = prepared.value === undefined;
        prepared.value = found;
        chooseLayer(layerIndex.value, isFirst);
      });
      return;
    }
    void doing('The photo goes through the network', () =>
      worker.look({ ...wanted, photo: { id, name, file } }),
    ).then((found) => {
      if (own === last && found) show(found);
    });
  });
  effect(() => {
    const [shown, index] = [looked.value, layerIndex.value];
    if (!shown) return;
    worker.layer(index).then(
      (found) => {
        if (looked.value === shown && layerIndex.value === index)
          values.value = { ...found, of: shown, index };
      },
      (error: unknown) => (failure.value = messageOf(error)),
    );
  });
  effect(() => {
    const [shown, index] = [looked.value, summedIndex.value];
    const at = { ...place.value, channel: channel.value };
    if (!shown || index === undefined) explained.value = undefined;
    else ask(hasLayer(shown.b, shown.a.layers[index]?.name) ? slot.value : 'a', index, at);
  });
}

/** Takes over what was seen; layer, channel and place stay where the new one has them too. */
function show(found: Looked): void {
  const name = layer.value?.name;
  const { layers } = found.a;
  const same = layers.findIndex((one) => one.name === name);
  const index = same < 0 ? 0 : same;
  const before = size.peek();
  batch(() => {
    looked.value = found;
    if (!found.b) slot.value = 'a';
    chooseLayer(index, same < 0, before);
  });
}

/** Looks at another layer; at the same part of the photo, where it has one. */
export function chooseLayer(index: number, isAnew = false, before = size.peek()): void {
  const { y, x } = place.peek();
  batch(() => {
    layerIndex.value = index;
    const [height, width, channels] = size.value;
    const at = isAnew
      ? { y: Math.floor(height / 2), x: Math.floor(width / 2) }
      : { y: Math.floor(((y + 0.5) * height) / before[0]), x: Math.floor(((x + 0.5) * width) / before[1]) };
    place.value = { y: Math.min(at.y, height - 1), x: Math.min(at.x, width - 1) };
    if (channel.value >= channels) channel.value = 0;
  });
}

export function movePlace(y: number, x: number): void {
  const [height, width] = size.value;
  const at = { y: Math.min(Math.max(y, 0), height - 1), x: Math.min(Math.max(x, 0), width - 1) };
  if (at.y !== place.value.y || at.x !== place.value.x) place.value = at;
}

/** Whether the place stays where it is while the pointer goes on, to a number below for one. */
export const isHeld = signal(false);

/** Follows the pointer; a click holds the place, and another click at the same place lets it go. */
export function pointAt(y: number, x: number, isClick: boolean): void {
  if (isClick) {
    const isSame = place.value.y === y && place.value.x === x;
    isHeld.value = !(isHeld.value && isSame);
  } else if (isHeld.value) return;
  movePlace(y, x);
}

/** One question at a time: while the worker answers, only the last one of those that come is kept. */
let asking = false;
let next: Parameters<typeof worker.explain> | undefined;
function ask(...question: Parameters<typeof worker.explain>): void {
  next = question;
  if (asking) return;
  asking = true;
  void (async () => {
    while (next) {
      const [which, index, at] = next;
      next = undefined;
      const found = await worker.explain(which, index, at).catch((error: unknown) => {
        failure.value = messageOf(error);
        return undefined;
      });
      if (!next) explained.value = found;
    }
    asking = false;
  })();
}

/** Whether a network has a layer of that name. */
export const hasLayer = (network: SeenNetwork | undefined, name: string | undefined): boolean =>
  network?.layers.some((one) => one.name === name) ?? false;
