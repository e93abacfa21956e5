// How a run ended, and what to do with its results.
import { count, duration, lossText, percent, plural, printable } from '../../format.ts';
import type { RunOutcome } from '../../run/outcome.ts';
import { resumeCommand } from '../remedies.ts';
import { colours as pc } from '../terminal/colours.ts';
import { heading, shellWord } from '../terminal/format.ts';
import { typed } from '../terminal/invocation.ts';

/** Prints the end of a run, its best model and where that was written besides (`output`), and the commands to run next. */
export function summarise(
  { history, best, stopped, endedEarly }: RunOutcome,
  run: string,
  output: string | undefined,
): void {
  const epochs = plural(history.length, 'epoch');
  const seconds = history.reduce(
    (sum, { trainSeconds, validSeconds }) => sum + trainSeconds + validSeconds,
    0,
  );
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
  heading('run', `${printable(run)}${best ? '' : ' (as it was when stopped, not validated)'}`);
  if (best && output !== undefined) heading('written', printable(output));
  heading('report', `${printable(run)}/report.html`);
  if (stopped) console.log(`\nContinue with:\n  ${resumeCommand(run)}`);
  else console.log(`\nTry it:\n  ${typed('predict')} --model ${printable(shellWord(run))} PHOTO.jpg`);
}
