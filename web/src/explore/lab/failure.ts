/** Why a question to the lab has no answer, in words: the same on every page that asks one. */
import { duration } from '../../../../src/format.ts';
import type { Answer } from './lab.ts';

export type Failure = Exclude<Answer<never>, { readonly kind: 'answer' }>;

/** `button` is what one presses to ask again, `keeps` how the text outlives the browser. */
export function wordsFor(
  failure: Failure,
  { button, keeps }: { readonly button: string; readonly keeps: string },
): readonly [title: string, text: string] {
  switch (failure.kind) {
    case 'too-long':
      return [
        'It takes too long',
        `There was no answer within ${duration(failure.seconds)}, so the run was given up, and the next one gets a new device. Does a loop never end? The text is as you left it.`,
      ];
    case 'no-device':
      return [
        'The browser gives no device',
        failure.gaveUpBefore
          ? `The GPU is still at what was given up before: a page can give up a kernel, but not stop it. Some drivers end it after some seconds, then ${button} works again. If it does not, close the browser and open it again: ${keeps} your text.`
          : `No device was opened within ${duration(failure.seconds)}. Something else may keep the GPU busy: try again.`,
      ];
    case 'device-lost':
      return [
        'The device was lost',
        `The driver or the browser took it away, as they do with a kernel that runs for seconds or crashes them. The text is as you left it; it is not run again until you press ${button}, on a new device. ${failure.message}`,
      ];
    case 'no-gpu':
      return ['No WebGPU', failure.message];
    case 'stopped':
      return ['Stopped', 'You stopped the run. The next one gets a new device.'];
    case 'failed':
      return ['It could not be run', failure.message];
  }
}
