/** The time from one frame of a page to the next, while something is done to it. */
import type { Page } from 'playwright-core';

/** Milliseconds between frames while `act` goes on. */
export async function framesWhile(page: Page, act: () => Promise<void>): Promise<readonly number[]> {
  // As text: what names functions for this process is not there on the page.
  await page.evaluate(
    'frames = []; requestAnimationFrame(function next(now) { frames.push(now); requestAnimationFrame(next); })',
  );
  await act();
  const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames);
  return frames.slice(1).map((now, i) => now - (frames[i] ?? now));
}
