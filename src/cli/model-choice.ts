// The model of a command that names none: the newest run's that ended. Which one that is, is said first.
import { percent, plural, printable } from '../format.ts';
import { newestRun, scoreOf, type RunsHost, type RunSummary } from '../run/runs.ts';
import { colours as pc } from './terminal/colours.ts';

/** What `--model` says in help texts. */
export const MODEL_HELP = '(default: the newest run)';

/** `given`, or the newest run that ended, which `say` is told of. Throws `RunError` where there is none. */
export async function chosenModel(
  host: RunsHost,
  given: string | undefined,
  say: (line: string) => void,
): Promise<string> {
  if (given !== undefined) return given;
  const newest = await newestRun(host);
  say(pc.dim(`model       ${describe(newest)}`));
  return newest.run;
}

const SHOWN_CLASSES = 5;

/** "runs/photos, the newest run, stopped after 3 of 40 epochs: cats, dogs; 97.5 % of 40 validation photos right" */
function describe(run: RunSummary & { readonly isLast: boolean }): string {
  const { classes } = run;
  const shown = classes.slice(0, SHOWN_CLASSES).map(printable).join(', ');
  const more = classes.length > SHOWN_CLASSES ? ` and ${classes.length - SHOWN_CLASSES} more` : '';
  const score = scoreOf(run);
  const right = score
    ? `; ${percent(score.right / score.total)} of ${score.total} validation photos right`
    : '';
  const which = `the newest run${run.isLast ? '' : ' that ended'}${stoppedText(run)}`;
  return `${printable(run.run)}, ${which}: ${shown}${more}${right}`;
}

/** A run with patience may have ended by itself, and whoever has deleted the history does not know. */
function stoppedText({ history: { length }, config: { epochs, patience } }: RunSummary): string {
  const isStopped = length > 0 && epochs !== undefined && length < epochs && patience === null;
  return isStopped ? `, stopped after ${length} of ${plural(epochs, 'epoch')}` : '';
}
