/** Photos that the trained model is tried on, and what it says; and its files, taken away. */
import { signal } from '@preact/signals';
import type { PredictAnswer, Takeaway } from '../../engine/calls/models.ts';
import type { PickedPhoto } from '../../engine/calls/photos.ts';
import { asking } from './asking.ts';
import { engine } from './engine.ts';
import { saveFile } from './save.ts';

export const answers = signal<readonly (PredictAnswer & { readonly url: string })[]>([]);

/** Asks the model what is on photos. */
export async function tryOn(given: Promise<readonly PickedPhoto[]>): Promise<void> {
  const found = await asking('Looking', async () => {
    const picked = await given;
    return { picked, predictions: picked.length > 0 ? await engine.predict(picked) : [] };
  });
  if (!found || found.picked.length === 0) return; // a choice that was closed, or something else than files
  for (const { url } of answers.value) URL.revokeObjectURL(url);
  answers.value = found.predictions.map((answer, i) => ({
    ...answer,
    url: URL.createObjectURL(found.picked[i]?.file ?? new Blob()),
  }));
}

/** Hands a file of the run to the browser, to be saved. */
export async function take(what: Takeaway): Promise<void> {
  const taken = await asking('Writing', () => engine.take(what));
  if (taken) saveFile(taken);
}
