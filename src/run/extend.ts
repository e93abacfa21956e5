/** A run that is over and is to have more epochs: it goes on from its last weights, on the schedule of a run of that many. */
import type { SettingDifference, TrainConfig, TrainingState } from '../train/index.ts';

export interface Extension {
  /** Epochs before and after. */
  readonly from: number;
  readonly to: number;
}

/**
 * The extension that these differences ask for: `edited` are those of the config from what the checkpoint was trained with, `asked` those
 * of what was asked for from the config. Undefined where they ask for something else as well, where the run is not over, and for one of
 * two phases, whose epochs are shared out anew by their number.
 */
export function extensionOf(
  config: TrainConfig,
  { progress }: TrainingState,
  edited: readonly SettingDifference[],
  asked: readonly SettingDifference[],
): Extension | undefined {
  const isOver = progress.phase > 0 && !config.gradual;
  if (!isOver || [...edited, ...asked].some(({ name }) => name !== 'epochs')) return undefined;
  const from = Number(edited[0]?.before ?? config.epochs);
  const to = Number(asked[0]?.now ?? config.epochs);
  return to > from ? { from, to } : undefined;
}

/** The state of a run that is over, as that of one in the middle of its only phase. */
export function reopened(state: TrainingState): TrainingState {
  const { progress } = state;
  return {
    ...state,
    progress: { ...progress, phase: 0, phaseEpochs: progress.history.length, epochsSinceBest: 0 },
  };
}
