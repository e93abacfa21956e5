/** What fixes whatever can go wrong with a run, in the words of the page: buttons and cards, where the terminal says flags. */
import { printable } from '../../../../src/format.ts';
import type { ProblemOf, RunProblem } from '../../../../src/run/errors.ts';

type Remedies = { readonly [Kind in RunProblem['kind']]: (problem: ProblemOf<Kind>) => string | undefined };

const AGAIN = 'Train again: a new run takes nothing from this one.';
const GO_ON = 'Press “Go on with the last run”: it goes on from its last checkpoint.';

const remedies: Remedies = {
  'no-run': () => AGAIN,
  'not-a-folder': () => AGAIN,
  taken: () => AGAIN,
  busy: () => 'Another tab is training this run: use that one, or close it and reload this page.',
  'bad-name': () => undefined,
  // Room is made in the list of projects, which the page offers itself.
  'cannot-write': ({ canGoOn }) => (canGoOn ? `The last checkpoint is untouched. ${GO_ON}` : undefined),
  'bad-output': () => undefined,
  'no-room': () => 'Make room by removing old runs or projects.',
  gone: () => `Its files were removed, by another tab or with the data of this site. ${AGAIN}`,
  damaged: () => `Its best model may still be tried and taken away. ${AGAIN}`,
  'bad-calibration': () => AGAIN,
  'never-began': () => AGAIN,
  'other-photos': () =>
    'Put the photos and the names of the classes back as they were to go on, or press Train for a new run.',
  'other-settings': () => 'Press Train for a new run with these settings.',
  'not-extended': () => AGAIN,
  'edited-settings': () => AGAIN,
  'two-classes-only': () =>
    'Take cross-entropy as the loss, in the settings, or remove classes until there are two.',
  'batch-of-one': () => 'Take more photos at a time, in the settings, or train the head alone.',
  'no-runs': () => 'Train first.',
  'no-model': () => 'Train first.',
  untrained: () => GO_ON,
  'nameless-classes': () => undefined,
  'unknown-classes': ({ known }) =>
    `The model knows these classes: ${known.slice(0, 20).map(printable).join(', ')}. Name the classes like them.`,
  'no-file': () => 'Drop the file again.',
  'no-weights': ({ name, shipped }) =>
    `Drop the file of ${printable(name)} above, or begin with ${printable(shipped)}, which comes with this page.`,
  'no-photos': () => 'Add photos that this browser can read: JPEG and PNG always are.',
  'not-divided': () => undefined,
  'not-portable': () => undefined,
  'other-weights': () => undefined,
  'no-half': () => undefined,
  'computes-wrong': () =>
    'Update the browser and the driver of the graphics card. Until then, take another browser: what is trained on this one would learn nothing.',
  'other-decoder': () =>
    'Go on in the browser, or on the terminal, where the run was begun, or press Train for a new run.',
  device: () => `${GO_ON} Fewer photos at a time, in the settings, take less memory.`,
};

/** What to do about what is wrong with a run; undefined where its message says it all. */
export function remedyOf(problem: RunProblem): string | undefined {
  const remedy = remedies[problem.kind] as (problem: RunProblem) => string | undefined; // each takes its own kind
  return remedy(problem);
}
