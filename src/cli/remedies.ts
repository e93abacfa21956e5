// What fixes whatever can go wrong with a run, in this face's words: flags, commands and files. Code in lower layers says what is wrong
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

/** What to type to resume a run. */
export const resumeCommand = (run: string): string => `${typed('train')} --resume ${word(run)}`;

type Remedies = { readonly [Kind in RunProblem['kind']]: (problem: ProblemOf<Kind>) => Remedy };

const remedies: Remedies = {
  'no-run': () => ({ hint: `Name the folder of a run, such as runs/photos; ${typed('runs')} lists them.` }),
  'not-a-folder': () => ({
    hint: '--resume takes the folder of a run, such as runs/photos. To start from a model file, give it as --weights.',
  }),
  taken: ({ run }) => ({
    hint: `Continue that run with --resume ${word(run)}, or give another --name.`,
  }),
  busy: ({ lock }) => ({
    hint:
      lock === undefined
        ? 'Wait until it ends, or give this run another --name.'
        : `If that run has ended, delete ${printable(lock)}; otherwise give this run another --name.`,
  }),
  'bad-name': () => ({ hint: 'Runs are kept in runs/; give a plain name: --name cats.', isUsage: true }),
  'cannot-write': ({ run, isFull, canGoOn }) => ({
    hint: canGoOn
      ? `The last good files are untouched: ${isFull ? 'make room' : 'fix that'}, then continue with --resume ${word(run)}.`
      : `${isFull ? 'Make room there' : 'Fix that'}, or run where there is space.`,
  }),
  'bad-output': () => ({ hint: 'Give the name of another file.' }),
  'no-room': () => ({ hint: 'Make room there, or choose another place.' }),
  gone: () => ({ hint: 'Its files are lost. Train again, and leave the folder in place while it trains.' }),
  damaged: ({ run }) => ({
    hint: `Put it back from a copy, or train again under another --name. The models can still be used: ${typed('predict')} --model ${word(run)} PHOTO.jpg`,
  }),
  'bad-calibration': ({ run }) => ({
    hint: `Delete it to go on without: the model is then as sure as training left it. ${resumeCommand(run)} writes it again.`,
  }),
  'never-began': ({ isNameFree }) => ({
    hint: isNameFree
      ? 'There is nothing to resume: start the run again, its --name is free.'
      : 'Start the run again under another --name.',
  }),
  'other-decoder': ({ decoder }) => ({
    hint: `${decoder === 'sharp' ? '`npm install sharp` brings it; else' : 'Resume it in the browser that it was started in, or'} train again here without --resume.`,
  }),
  'other-photos': () => ({
    hint: 'Put them back as they were, or leave --resume out for a new run.',
  }),
  'other-settings': ({ differences }) => ({
    hint: `${listed(differences, (name) => `--${hyphenated(name)}`)}
Leave these options out to continue the run, or leave --resume out for a new one.`,
    isUsage: true,
  }),
  'not-extended': ({ run, isGradual }) => ({
    hint: isGradual
      ? `--weights ${word(run)}, without --resume, begins a new run with its network and its head.`
      : `Continue it first, without --epochs; once it is over it can have more.`,
    isUsage: true,
  }),
  'edited-settings': ({ run, differences }) => ({
    hint: `${listed(differences, (name) => `"${name}"`)}
Put these back in ${printable(run)}/config.json to continue the run, or start a new one with them:
  ${typed('train')} --config ${word(`${run}/config.json`)} --name NAME`,
  }),
  'other-weights': () => ({ hint: 'Give the file that it began with as --weights.' }),
  'two-classes-only': () => ({ hint: 'Use --loss cross-entropy.', isUsage: true }),
  'batch-of-one': ({ isFrozen }) => ({
    hint: `Use --batch-size 2 or more, or ${isFrozen ? '--bn running' : '--tune head'}.`,
    isUsage: true,
  }),
  'no-runs': ({ runs }) => ({
    hint:
      runs.length > 0
        ? `${resumeCommand(runs[0] ?? '')} continues the newest; --model takes any model file.`
        : `Runs are looked for in runs/, in the folder that you call it from. Train one, or name a model with --model:
  ${typed('train')} --data photos      photos/cats/*.jpg, photos/dogs/*.jpg, …
  ${typed('train')}                    an example on drawings that come with graft`,
    isUsage: true,
  }),
  'no-model': ({ isRun }) => ({
    hint: isRun
      ? 'It is not a run, or the run ended before its first checkpoint: train again, or name a model file.'
      : `${typed('runs')} lists the runs.`,
  }),
  untrained: ({ run }) => ({ hint: `${resumeCommand(run)} continues it.` }),
  'nameless-classes': () => ({}),
  'unknown-classes': ({ known }) => ({
    hint: `The model knows these classes: ${quoted(known)}. Name the folders like them.`,
  }),
  'no-file': () => ({}),
  'no-weights': ({ name, shipped }) => ({
    hint: `You can also give a file of your own with --weights FILE. Without any,
  --weights ${shipped}
starts from a small network that comes with graft, which has seen less than ${name}.`,
  }),
  'no-photos': () => ({}),
  'not-divided': () => ({ hint: 'Leave --part out.' }),
  'not-portable': () => ({ hint: 'Train a run without it, and write the program of that one.' }),
  'no-half': () => ({
    hint: `Leave --half out, or choose another adapter (${typed('doctor')} helps to find one).`,
  }),
  'computes-wrong': () => ({
    hint: `Update its driver, or choose another adapter with GRAFT_ADAPTER (${typed('doctor')} says more).`,
  }),
  device: ({ run }) => ({ hint: `${resumeCommand(run)} continues from the last checkpoint.` }),
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
