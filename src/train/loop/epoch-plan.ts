/** How an epoch is cut into optimizer steps, and these into batches. The order depends on seed and epoch alone. */
import { batches } from '../../data/index.ts';
import { BatchNorm2d, type Network } from '../../nn/index.ts';
import type { TrainSettings } from '../settings/config.ts';

export interface EpochPlan {
  /** Optimizer steps. */
  readonly steps: number;
  /** Inputs that an epoch leaves out, a different one each time: 0 or 1. */
  readonly leftOut: number;
}

type BatchSettings = Pick<TrainSettings, 'batchSize' | 'accumulate'>;

/**
 * The plan of every epoch over `count` inputs. A last batch of a single image is left out where batch norm would take
 * its statistics from it: they would say nothing, and at a resolution of 1×1 there would be none.
 */
export function planEpoch(
  model: Network,
  count: number,
  { batchSize, accumulate }: BatchSettings,
): EpochPlan {
  const usesBatch = model
    .modules()
    .some((m) => m instanceof BatchNorm2d && (m.weight.requiresGrad || m.frozenStatistics === 'batch'));
  const leftOut = usesBatch && batchSize > 1 && count > 1 && count % batchSize === 1 ? 1 : 0;
  return { steps: Math.ceil((count - leftOut) / (batchSize * accumulate)), leftOut };
}

/** The optimizer steps of an epoch, each a list of batches, each the indices of its inputs. */
export function stepsOf(
  count: number,
  { leftOut }: EpochPlan,
  epoch: number,
  { batchSize, accumulate, seed }: BatchSettings & Pick<TrainSettings, 'seed'>,
): Uint32Array[][] {
  const all = [...batches(count, batchSize, { seed, epoch })].slice(
    0,
    Math.ceil((count - leftOut) / batchSize),
  );
  const steps = Math.ceil(all.length / accumulate);
  return Array.from({ length: steps }, (_, i) => all.slice(i * accumulate, (i + 1) * accumulate));
}
