// How a run ended, and what to do with what it made.
import type { RunFolder } from '../run/folder.ts';
import { colours as pc } from '../terminal/colours.ts';
import { count, duration, lossText, percent, printable } from '../../format.ts';
import { heading, shellWord } from '../terminal/format.ts';
import { typed } from '../terminal/invocation.ts';
import type { RunOptions } from './options.ts';
import type { RunOutcome } from './run.ts';

/** What to type to go on with the run in `path`. */
export const resumeCommand = (path: string): string =>
  `${typed('train')} --resume ${printable(shellWord(path))}`;

/** Prints the end of a run, its best model, and the commands that are next. */
export function summarise(
  { history, best, stopped, endedEarly }: RunOutcome,
  { path }: RunFolder,
  { output }: RunOptions,
): void {
  const epochs = `${history.length} ${history.length === 1 ? 'epoch' : 'epochs'}`;
  const seconds = history.reduce(
    (sum, { trainSeconds, validSeconds }) => sum + trainSeconds + validSeconds,
    0,
  );
  const run = printable(shellWord(path));
  console.log();
  if (stopped && history.length === 0) console.log(pc.yellow('Stopped before an epoch ended.'));
  else if (stopped) console.log(pc.yellow(`Stopped after ${epochs}, ${duration(seconds)}.`));
  else
    heading('trained', `${epochs} in ${duration(seconds)}${endedEarly ? ', out of patience for more' : ''}`);
  if (best) {
    const { accuracy, loss, count: photos } = best.valid;
    heading(
      'best',
      `epoch ${best.epoch}: ${percent(accuracy)} of ${count(photos)} validation photos right, loss ${lossText(loss)}`,
    );
  }
  heading('run', `${printable(path)}${best ? '' : ' (as it was when stopped, not validated)'}`);
  if (best && output !== undefined) heading('written', printable(output));
  heading('report', `${printable(path)}/report.html`);
  if (stopped) console.log(`\nGo on with it:\n  ${resumeCommand(path)}`);
  else console.log(`\nTry it:\n  ${typed('predict')} --model ${run} PHOTO.jpg`);
}
