/** What the clock says of a slow kernel that was mended: shown for what it is worth on this adapter. */
import { rate } from '../../../../src/format.ts';
import { median } from '../../../../src/median.ts';
import type { Timed } from '../../../../src/run/exercises/times.ts';

export function Clock({ of: { name, times, software } }: { readonly of: Timed }) {
  const [start, yours] = times;
  if (!start || !yours) return null;
  const [before, after] = [median(start.milliseconds), median(yours.milliseconds)];
  return (
    <p class="clock">
      <strong>The clock</strong>, with {name}: {timeText(before)} at the start, {timeText(after)} now. That is{' '}
      {said(before / after)}, by medians of {start.milliseconds.length} rounds in turns.
      {software &&
        ' This adapter is no GPU: threads run one after the other on a processor, whose caches serve scattered reads well, and each barrier costs. On a GPU the counts decide.'}
    </p>
  );
}

function said(ratio: number): string {
  if (Math.abs(ratio - 1) < 0.03) return 'as fast as the start, within what rounds differ by';
  return ratio > 1 ? `${ratio.toFixed(2)} times as fast` : `${(1 / ratio).toFixed(2)} times as slow`;
}

const timeText = (milliseconds: number): string =>
  milliseconds >= 1 ? `${rate(milliseconds)} ms` : `${rate(1000 * milliseconds)} µs`;
