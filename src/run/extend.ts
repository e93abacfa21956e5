/** A run that is over and is to have more epochs: it goes on from its last weights, on the schedule of a run of that many. */
import { printable } from '../format.ts';
import type { SettingDifference, TrainConfig, TrainingState } from '../train/index.ts';
import { RunError } from './errors.ts';

export interface Extension {
  /** Epochs before and after. */
  readonly from: number;
  readonly to: number;
}

/**
 * The extension that these differences ask for: `edited` are those of the config from what the checkpoint was trained with, `asked` those
 * of what was asked for from the config. Undefined where they ask for something else as well, or for no more epochs. Throws `RunError`
 * where the run that was not edited cannot have more.
 */
export function extensionOf(
  run: string,
  config: TrainConfig,
  { progress }: TrainingState,
  edited: readonly SettingDifference[],
  asked: readonly SettingDifference[],
): Extension | undefined {
  if ([...edited, ...asked].some(({ name }) => name !== 'epochs')) return undefined;
  const from = Number(edited[0]?.before ?? config.epochs);
  const to = Number(asked[0]?.now ?? config.epochs);
  if (to <= from) return undefined;
  const isOver = progress.phase > 0 && !config.gradual;
  if (isOver) return { from, to };
  if (edited.length > 0) return undefined; // what was edited is to be put back
  const why = config.gradual
    ? 'it was gradual, and how many of its epochs train the head alone was settled when it began'
    : 'it is not over, and its schedule is that of its own epochs';
  throw new RunError(`The run ${printable(run)} of ${from} epochs cannot have ${to}: ${why}.`, {
    ...{ kind: 'not-extended', run, isGradual: config.gradual },
  });
}

/** The state of a run that is over, as that of one in the middle of its only phase. */
export function reopened(state: TrainingState): TrainingState {
  const { progress } = state;
  return {
    ...state,
    progress: { ...progress, phase: 0, phaseEpochs: progress.history.length, epochsSinceBest: 0 },
  };
}
