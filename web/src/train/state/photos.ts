/** The photos of the project, by class: what is brought in, and what is done with them. */
import { computed, effect, signal } from '@preact/signals';
import { count } from '../../../../src/format.ts';
import type { AddReport, PhotoSet, PickedPhoto } from '../../engine/calls/photos.ts';
import type { EngineClient } from '../../engine/client.ts';
import { asking, busy, progress } from './asking.ts';
import { engine, onEngineEvent } from './engine.ts';
import { project } from './project.ts';

const NOTHING: PhotoSet = {
  ...{ classes: [], division: 'none', contradictions: 0, contradicting: [], renamed: {}, canUndo: false },
};
export const photos = signal<PhotoSet>(NOTHING);
/** What became of the files that came in last. */
export const added = signal<AddReport | undefined>(undefined);
/** How many batches of photos are coming in. */
const batches = signal(0);
export const adding = computed(() => batches.value > 0);
/** What was done that can be undone, in words. */
export const undoable = signal<string | undefined>(undefined);
/** The class whose photos are shown, by its identifier. */
export const openedClass = signal<string | undefined>(undefined);

/** Another project has other photos. */
const projectId = computed(() => project.value?.id);
effect(() => {
  if (projectId.value === undefined) return;
  added.value = undoable.value = openedClass.value = undefined;
});

/** So many files are handed over in one message. */
const BATCH = 200;

/** Resolves once a project is open: what is dropped on a page that has hardly appeared belongs into it. */
const whenOpened = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = effect(() => {
      if (projectId.value === undefined) return;
      queueMicrotask(() => stop()); // not at once: the effect may be running for the first time
      resolve();
    });
  });

/** Brings photos in: to the class with that identifier, or to classes by their folders. */
export async function addPhotos(given: Promise<readonly PickedPhoto[]>, into?: string): Promise<void> {
  given.catch(() => undefined); // told below
  await whenOpened();
  batches.value++;
  const id = projectId.value;
  added.value = undefined;
  const result = await asking('Looking at the files', async () => {
    const picked = await given;
    if (picked.length === 0) return undefined; // a choice that was closed, or something else than files
    const batch = crypto.randomUUID();
    for (let at = 0; at < picked.length; at += BATCH)
      await engine.offerPhotos(batch, picked.slice(at, at + BATCH));
    return engine.addPhotos(batch, into);
  });
  batches.value--;
  if (!result || projectId.value !== id) return;
  photos.value = result.set;
  added.value = result.report;
}

/** Brings in the drawings that come with the site. */
export const addDrawings = (): Promise<void> =>
  addPhotos(
    (async () => {
      const response = await fetch('drawings.zip');
      if (!response.ok)
        throw new Error(`The drawings cannot be fetched: the site answered ${response.status}.`);
      return [{ path: 'drawings.zip', file: await response.blob() }];
    })(),
  );

export const cancelAdding = (): Promise<void> => engine.cancelAdding();

onEngineEvent((event) => {
  if (event.kind !== 'adding') return;
  photos.value = event.set;
  busy.value = `Adding photos, ${count(event.done)} of ${count(event.total)}`;
  progress.value = event;
});

/** Asks for a change of the photos, and shows them as they are then. */
async function change(what: string, work: (engine: EngineClient) => Promise<PhotoSet>): Promise<boolean> {
  const set = await asking(what, () => work(engine));
  if (set) photos.value = set;
  return set !== undefined;
}

/** A change that can be undone until the next one, and what it was in words. */
async function undoableChange(
  what: string,
  words: string,
  work: (engine: EngineClient) => Promise<PhotoSet>,
): Promise<void> {
  undoable.value = undefined;
  if (await change(what, work)) undoable.value = photos.value.canUndo ? words : undefined;
}

export const renameClass = (id: string, from: string, to: string): Promise<void> =>
  undoableChange('Renaming', `“${from}” is part of “${to.trim()}” now.`, (engine) =>
    engine.renameClass(id, to),
  );

export const removeClass = (id: string, name: string): Promise<void> =>
  undoableChange('Removing', `The class “${name}” was removed.`, (engine) => engine.removeClass(id));

export const removePhotos = (ids: readonly string[], words: string): Promise<void> =>
  undoableChange('Removing', `${words} removed.`, (engine) => engine.removePhotos(ids));

export const movePhotos = (ids: readonly string[], to: string, words: string): Promise<void> =>
  undoableChange('Moving', words, (engine) => engine.movePhotos(ids, to));

export const markPhotos = (ids: readonly string[], part: 'train' | 'val'): Promise<boolean> =>
  change('Noting', (engine) => engine.markPhotos(ids, part));

/** Makes a class, or finds the one of that name; gives its identifier. */
export async function makeClass(name: string): Promise<string | undefined> {
  const made = await asking('Making a class', () => engine.makeClass(name));
  if (made) photos.value = made.set;
  return made?.id;
}

export async function undo(): Promise<void> {
  undoable.value = undefined;
  await change('Undoing', (engine) => engine.undoPhotos());
}

/** Lets go of what can be undone. */
export async function forget(): Promise<void> {
  undoable.value = undefined;
  photos.value = await engine.forgetPhotos().catch(() => photos.value);
}

/** What a class of a run is called now. */
export const nowCalled = (name: string, run: string | undefined): string =>
  photos.value.renamed[run ?? '']?.[name] ?? name;
