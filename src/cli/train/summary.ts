// How a run ended, and what to do with what it made.
import { printable } from '../../format.ts';
import type { RunOutcome } from '../../run/outcome.ts';
import { endEntries, WARNING } from '../../run/texts.ts';
import { resumeCommand } from '../remedies.ts';
import { colours as pc } from '../terminal/colours.ts';
import { heading, paragraph, shellWord } from '../terminal/format.ts';
import { typed } from '../terminal/invocation.ts';

/** Prints the end of a run, its best model, where that was written as well, and the commands that are next. */
export function summarise(outcome: RunOutcome, run: string, output: string | undefined): void {
  const { best, stopped } = outcome;
  console.log();
  for (const [subject, text] of endEntries(outcome))
    if (subject === 'stopped') console.log(pc.yellow(`Stopped ${text}.`));
    else if (subject === WARNING) paragraph(subject, text);
    else heading(subject, text);
  heading('run', `${printable(run)}${best ? '' : ' (as it was when stopped, not validated)'}`);
  if (best && output !== undefined) heading('written', printable(output));
  heading('report', `${printable(run)}/report.html`);
  if (stopped) console.log(`\nContinue with:\n  ${resumeCommand(run)}`);
  else console.log(`\nTry it:\n  ${typed('predict')} --model ${printable(shellWord(run))} PHOTO.jpg`);
}
