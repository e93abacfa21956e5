/** A best epoch by accuracy whose loss is worse than that of no knowledge: right as often as it may be, it is far too sure where it is wrong. */
import { lossText } from '../format.ts';
import type { HistoryEpoch } from './history.ts';

/**
 * The warning for the best epoch's result on validation photos, and what helps; undefined where its loss is at most ln(classes), that of
 * giving all classes the same share. Where the best epoch is the last of `epochs`, the run was still getting better.
 */
export function overconfidenceText(
  { epoch, valid: { loss } }: { readonly epoch: number; readonly valid: Pick<HistoryEpoch['valid'], 'loss'> },
  epochs: number,
  classes: number,
): string | undefined {
  const chance = Math.log(classes);
  if (!(loss > chance)) return undefined;
  return `Its loss, ${lossText(loss)}, is above the ${lossText(chance)} of giving all ${classes} classes the same share: where it is wrong it is far too sure. ${epoch < epochs ? 'Fewer' : 'Its last epoch is its best: more'} epochs, a lower learning rate, or more photos help.`;
}
