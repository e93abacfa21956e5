// How a run ended, and what to do with what it made.
import { printable } from '../../format.ts';
import type { RunOutcome } from '../../run/outcome.ts';
import { bestText, trainedText } from '../../run/texts.ts';
import { resumeCommand } from '../remedies.ts';
import { colours as pc } from '../terminal/colours.ts';
import { heading, shellWord } from '../terminal/format.ts';
import { typed } from '../terminal/invocation.ts';

/** Prints the end of a run, its best model, where that was written as well, and the commands that are next. */
export function summarise(outcome: RunOutcome, run: string, output: string | undefined): void {
  const { history, best, stopped, endedEarly } = outcome;
  console.log();
  if (stopped && history.length === 0) console.log(pc.yellow('Stopped before an epoch ended.'));
  else if (stopped) console.log(pc.yellow(`Stopped after ${trainedText(outcome)}.`));
  else heading('trained', `${trainedText(outcome)}${endedEarly ? ', out of patience for more' : ''}`);
  if (best) heading('best', bestText(best));
  heading('run', `${printable(run)}${best ? '' : ' (as it was when stopped, not validated)'}`);
  if (best && output !== undefined) heading('written', printable(output));
  heading('report', `${printable(run)}/report.html`);
  if (stopped) console.log(`\nContinue with:\n  ${resumeCommand(run)}`);
  else console.log(`\nTry it:\n  ${typed('predict')} --model ${printable(shellWord(run))} PHOTO.jpg`);
}
