/** A best epoch by accuracy whose loss is worse than that of no knowledge: right as often as it may be, it is far too sure where it is wrong. */
import { lossText } from '../format.ts';
import type { HistoryEpoch } from './history.ts';

/**
 * The warning for the best epoch's result on validation photos, a sentence; undefined where its loss is at most ln(classes), that of giving
 * all classes the same share.
 */
export function overconfidenceText(
  { loss }: Pick<HistoryEpoch['valid'], 'loss'>,
  classes: number,
): string | undefined {
  const chance = Math.log(classes);
  if (!(loss > chance)) return undefined;
  return `Its loss, ${lossText(loss)}, is above the ${lossText(chance)} of giving all ${classes} classes the same share: where it is wrong it is far too sure. Fewer epochs, a lower learning rate, or more photos help.`;
}
