/** The photos of the project, by class. */
import { signal } from '@preact/signals';
import type { PhotoSet, PickedPhoto } from '../../engine/calls/photos.ts';
import { asking } from './asking.ts';
import { engine } from './engine.ts';

export const photos = signal<PhotoSet>({ classes: [], leftOut: [] });

export async function addPhotos(given: Promise<readonly PickedPhoto[]>): Promise<void> {
  const set = await asking('Keeping photos', async () => engine.addPhotos(await given));
  if (set) photos.value = set;
}

/** Keeps a photo of the camera in a class. */
export const addFrame = (name: string, file: File): Promise<void> =>
  addPhotos(Promise.resolve([{ path: `${name}/${file.name}`, file }]));

export async function renameClass(name: string, to: string): Promise<void> {
  photos.value = (await asking('Renaming', () => engine.renameClass(name, to))) ?? photos.value;
}

export async function removeClass(name: string): Promise<void> {
  photos.value = (await asking('Removing', () => engine.removeClass(name))) ?? photos.value;
}
