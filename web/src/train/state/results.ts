/** What the best model of the last run says to the photos that were set aside. */
import { signal } from '@preact/signals';
import type { StoredAnswers } from '../../../../src/run/store/answers.ts';
import { asking } from './asking.ts';
import { engine } from './engine.ts';

/** `none` where there is a model without answers: it can be asked. */
export const answers = signal<StoredAnswers | 'none' | undefined>(undefined);

/** Shows what is kept of the answers, if there is a model. */
export async function showAnswers(hasModel: boolean): Promise<void> {
  answers.value = hasModel ? ((await engine.answers().catch(() => undefined)) ?? 'none') : undefined;
}

/** Asks the model again. */
export async function judge(): Promise<void> {
  answers.value = (await asking('Looking at the photos set aside', () => engine.judge())) ?? answers.value;
}
