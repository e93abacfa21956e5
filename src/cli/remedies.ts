// What mends what can go wrong with a run, in this face's words: flags, commands and files. The code below says what is wrong
// and knows none of them.
import { count, printable } from '../format.ts';
import type { ProblemOf, RunError, RunProblem } from '../run/errors.ts';
import { hyphenated, type SettingDifference } from '../train/index.ts';
import { shellWord } from './terminal/format.ts';
import { typed } from './terminal/invocation.ts';

/** What to do about an error, on lines of its own, and whether graft was called wrongly. */
export interface Remedy {
  readonly hint?: string | undefined;
  readonly isUsage?: boolean;
}

const word = (path: string) => printable(shellWord(path));

/** What to type to go on with a run. */
export const resumeCommand = (run: string): string => `${typed('train')} --resume ${word(run)}`;

type Remedies = { readonly [Kind in RunProblem['kind']]: (problem: ProblemOf<Kind>) => Remedy };

const remedies: Remedies = {
  'no-run': () => ({ hint: 'Name the folder of a run, such as runs/train; `ls runs` lists them.' }),
  'not-a-folder': () => ({
    hint: '--resume takes the folder of a run, such as runs/train. To start from a model file, give it as --weights.',
  }),
  taken: ({ run }) => ({
    hint: `Continue that run with --resume ${word(run)}, or give another --name.`,
  }),
  busy: ({ lock }) => ({
    hint:
      lock === undefined
        ? 'Wait until it ends, or give this run another --name.'
        : `If that has ended, delete ${printable(lock)}; else give this run another --name.`,
  }),
  'bad-name': () => ({ hint: 'A run stands in runs/; take a plain name: --name cats.', isUsage: true }),
  'cannot-write': ({ run, isFull, canGoOn }) => ({
    hint: canGoOn
      ? `The last good files are untouched: ${isFull ? 'make room' : 'mend that'}, then --resume ${word(run)} goes on.`
      : `${isFull ? 'Make room there' : 'Mend that'}, or run where there is space.`,
  }),
  'bad-output': () => ({ hint: 'Give the name of another file.' }),
  'no-room': () => ({ hint: 'Make room there, or give another place.' }),
  gone: () => ({ hint: 'Its files are lost; train again, and leave its folder in place meanwhile.' }),
  damaged: ({ run }) => ({
    hint: `Put it back from a copy, or train again under another --name; the models stay usable: ${typed('predict')} --model ${word(run)} PHOTO.jpg`,
  }),
  'never-began': ({ isNameFree }) => ({
    hint: isNameFree
      ? 'There is nothing to go on with: start the run again, its --name is free.'
      : 'Start the run again under another --name.',
  }),
  'other-photos': () => ({
    hint: 'Put them back as they were, or leave --resume out for a new run.',
  }),
  'other-settings': ({ differences }) => ({
    hint: `${listed(differences, (name) => `--${hyphenated(name)}`)}
Leave these options out to go on with the run, or leave --resume out for a new one.`,
    isUsage: true,
  }),
  'edited-settings': ({ run, differences }) => ({
    hint: `${listed(differences, (name) => `"${name}"`)}
Put these back in ${printable(run)}/config.json to go on with the run, or begin a new one with them:
  ${typed('train')} --config ${word(`${run}/config.json`)} --name NAME`,
  }),
  'two-classes-only': () => ({ hint: 'Use --loss cross-entropy.', isUsage: true }),
  'no-model': ({ isRun }) => ({
    hint: isRun
      ? 'It is no run, or one that ended before its first checkpoint: train again, or name a model file.'
      : '`ls runs` lists the runs.',
  }),
  untrained: ({ run }) => ({ hint: `${resumeCommand(run)} goes on with it.` }),
  'nameless-classes': () => ({}),
  'unknown-classes': ({ known }) => ({
    hint: `The model tells apart: ${quoted(known)}. Name the folders like these.`,
  }),
  'no-file': () => ({}),
  'no-weights': ({ name, shipped }) => ({
    hint: `With --weights FILE a file of your own does as well. Without any,
  --weights ${shipped}
starts from a small network that comes with graft; it has seen less than ${name}.`,
  }),
  'no-photos': () => ({}),
  'not-divided': () => ({ hint: 'Leave --part out.' }),
  'no-half': () => ({
    hint: `Leave --half out, or choose another adapter, which ${typed('doctor')} can name.`,
  }),
  device: ({ run }) => ({ hint: `${resumeCommand(run)} goes on from the last checkpoint.` }),
};

/** What to do about what is wrong with a run. */
export function remedyOf({ problem }: RunError): Remedy {
  const remedy = remedies[problem.kind] as (problem: RunProblem) => Remedy; // each takes its own kind
  return remedy(problem);
}

/** A line for each setting: `  --lr was 0.001, now 0.01`. */
function listed(differences: readonly SettingDifference[], call: (name: string) => string): string {
  const show = (value: unknown) =>
    value === null ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
  return differences
    .map(({ name, before, now }) => printable(`  ${call(name)} was ${show(before)}, now ${show(now)}`))
    .join('\n');
}

const SHOWN_NAMES = 20;

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map((name) => printable(JSON.stringify(name)));
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${count(more)} more` : '');
}
