/** Photos that the trained model is tried on, and what it says; and its files, taken away. */
import { signal } from '@preact/signals';
import type { ExportDtype, PredictAnswer, Takeaway } from '../../engine/calls/models.ts';
import type { PickedPhoto } from '../../engine/calls/photos.ts';
import { pictureUrl } from '../shared/picture.ts';
import { asking } from './asking.ts';
import { engine } from './engine.ts';
import { saveFile } from './save.ts';

/** A photo that was tried, and the address of its picture; `overlay` is that of the picture with where the network looked. */
export interface Tried extends PredictAnswer {
  readonly url: string;
  readonly overlay: string | undefined;
}
export const answers = signal<readonly Tried[]>([]);
/** Whether pictures show where the network looked. */
export const showsLooked = signal(false);

/** Asks the model what is on photos. */
export async function tryOn(given: Promise<readonly PickedPhoto[]>): Promise<void> {
  const found = await asking('Looking', async () => {
    const picked = await given;
    return { picked, predictions: picked.length > 0 ? await engine.predict(picked) : [] };
  });
  if (!found || found.picked.length === 0) return; // a choice that was closed, or something else than files
  for (const { url, overlay } of answers.value)
    for (const address of [url, overlay]) if (address !== undefined) URL.revokeObjectURL(address);
  answers.value = found.predictions.map((answer, i) => ({
    ...answer,
    url: URL.createObjectURL(found.picked[i]?.file ?? new Blob()),
    overlay: answer.looked && pictureUrl(answer.looked),
  }));
}

/** Hands a file of the run to the browser, to be saved. */
export async function take(what: Takeaway, dtype?: ExportDtype): Promise<void> {
  const taken = await asking('Writing', () => engine.take(what, dtype));
  if (taken) saveFile(taken);
}
