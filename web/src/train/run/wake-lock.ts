/** Keeps the screen on while a run is under way and the tab in front: a browser lets go of the lock whenever the tab is hidden. */
import { effect, signal } from '@preact/signals';
import { isHeld, training } from '../state/run.ts';

/** Whether the screen is kept on. */
export const isAwake = signal(false);

let lock: WakeLockSentinel | undefined;

async function hold(): Promise<void> {
  const { wakeLock } = navigator as { readonly wakeLock?: WakeLock }; // not in every browser
  if (!wakeLock || lock || document.visibilityState !== 'visible') return;
  try {
    const got = await wakeLock.request('screen');
    if (!isWanted()) return await got.release();
    lock = got;
    isAwake.value = true;
    got.addEventListener('release', () => {
      lock = undefined;
      isAwake.value = false;
    });
  } catch {
    // A low battery, or a policy: the page says that a sleeping computer pauses the run.
  }
}

const isWanted = (): boolean => training.value && !isHeld.value;

effect(() => {
  if (isWanted()) void hold();
  else void lock?.release();
});
document.addEventListener('visibilitychange', () => {
  if (isWanted()) void hold();
});
