/** What the best model of the last run says to the photos that were set aside. */
import { computed, signal } from '@preact/signals';
import type { StoredAnswers } from '../../../../src/run/store/answers.ts';
import { asking } from './asking.ts';
import { engine } from './engine.ts';
import { nowCalled } from './photos.ts';
import { run } from './run.ts';

/** `none` where there is a model without answers: it can be asked. */
export const answers = signal<StoredAnswers | 'none' | undefined>(undefined);

/** The answers in today's words: a class may have been renamed since the run, which keeps the names of its own time. */
export const shownAnswers = computed(() => {
  const kept = answers.value;
  if (typeof kept !== 'object') return kept;
  const now = (name: string) => nowCalled(name, run.value?.name);
  return {
    ...kept,
    classes: kept.classes.map(now),
    files: kept.files.map((file) => {
      const parts = file.split('/');
      const [name] = parts.splice(-2, 1);
      if (name !== undefined) parts.splice(-1, 0, now(name));
      return parts.join('/');
    }),
  };
});

/** Shows what is kept of the answers, if there is a model. */
export async function showAnswers(hasModel: boolean): Promise<void> {
  lookedAt.value = new Map();
  answers.value = hasModel ? ((await engine.answers().catch(() => undefined)) ?? 'none') : undefined;
}

/** Asks the model again. */
export async function judge(): Promise<void> {
  answers.value = (await asking('Looking at the photos set aside', () => engine.judge())) ?? answers.value;
}

/** Pictures of where the network looked, by photo, as far as they were asked for. */
export const lookedAt = signal<ReadonlyMap<string, Uint8Array>>(new Map());

/** Asks for those of `files` that are not there yet. */
export async function lookAt(files: readonly string[]): Promise<void> {
  const missing = files.filter((file) => !lookedAt.value.has(file));
  if (missing.length === 0) return;
  const found = await asking('Looking where it looked', () => engine.looked(missing));
  const pictures = missing.flatMap((file, i) => (found?.[i] ? [[file, found[i]] as const] : []));
  lookedAt.value = new Map([...lookedAt.value, ...pictures]);
}
