/** What is set for the next run outlives the page: read with its project, and kept whenever it changes. */
import { effect } from '@preact/signals';
import type { Choices } from '../../engine/calls/choices.ts';
import { engine } from './engine.ts';
import { isReadOnly } from './project.ts';
import { tune, typed, weights } from './settings.ts';

let forget: (() => void) | undefined;

/** Takes up what is kept of the project that was opened, and keeps what changes from now on. */
export async function recallChoices(): Promise<void> {
  forget?.();
  const kept = await engine.choices().catch(() => undefined);
  typed.value = kept?.typed ?? {};
  tune.value = kept?.tune;
  weights.value = kept?.weights;
  let isFirst = true;
  forget = effect(() => {
    const now: Choices = { typed: typed.value, tune: tune.value, weights: weights.value };
    // Where there is no room a reload forgets it: the runs and photos are what must not be lost.
    if (!isFirst && !isReadOnly.peek()) engine.keepChoices(now).catch(() => undefined);
    isFirst = false;
  });
}
