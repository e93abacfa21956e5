/**
 * Looks for a learning rate (Smith 2017, "Cyclical Learning Rates", section 3.3, in the form that fastai made popular):
 * the rate rises exponentially over one short run until the loss diverges, and a good one lies where the loss fell well
 * before that. The model is left as it was found, to the bit.
 */
import type { Network } from '../../nn/index.ts';
import { checkSettings, type TrainSettings } from '../settings/config.ts';
import { planEpoch, stepsOf } from './epoch-plan.ts';
import { TrainingError } from '../errors.ts';
import { freeze } from './freeze.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { holdAll } from './hold-ahead.ts';
import { createOptimizer } from './phases.ts';
import { trainingStep } from './training-step.ts';

export interface RatePoint {
  readonly rate: number;
  readonly loss: number;
  /** An exponential mean of the losses so far, freed from the pull of its start. */
  readonly smoothed: number;
}

export interface RateSearch {
  readonly points: readonly RatePoint[];
  /** The rate in the middle of the longest fall of the smoothed loss, as fastai's `valley`: the one to take. */
  readonly suggestion: number;
  /** Where the smoothed loss falls most steeply: the bolder choice. */
  readonly steepest: number;
  /** Whether the loss diverged before the last rate. */
  readonly diverged: boolean;
  /** The share of itself by which the mean loss of some steps fell at the most. */
  readonly fall: number;
  /** Whether it fell no further than by chance, so that no rate can be told by it. */
  readonly inconclusive: boolean;
}

export interface RateSearchOptions {
  /** 1e-7 by default. */
  readonly from?: number | undefined;
  /** 10 by default. */
  readonly to?: number | undefined;
  /** 100 by default. */
  readonly steps?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every step with the number of steps done. */
  readonly onPoint?: ((point: RatePoint, done: number, steps: number) => void) | undefined;
}

/** The share of the last mean in the next. */
const SMOOTHING = 0.98;
/** A smoothed loss this many times the best one is divergence. */
const DIVERGED = 4;
/** The steps whose mean loss is compared are this part of all, and at least so many. */
const WINDOWS = 5;
const SHORTEST_WINDOW = 3;
/** A curve that falls by fewer deviations is flat: the least of many windows lies as low by chance. */
const LEAST_DEVIATIONS = 4;
/** Fewer points have no shape to read a rate from. */
const FEWEST_POINTS = 10;

/**
 * Trains the parts of `model` that `settings.tune` names at rising rates, whatever the schedule, and restores
 * parameters and running statistics; what is frozen stays frozen as the settings say. `inputs` is called when it is
 * frozen. Throws `TrainingError` for rates or steps out of range and where the loss diverges too soon to tell, and the
 * signal's reason if it is aborted.
 *
 * ```ts
 * // Four red photos and four blue ones, of 32 × 32 pixels.
 * const [side, labels] = [32, Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1)];
 * const data = Uint8Array.from({ length: 8 * side * side * 3 }, (_, i) => (i % 3 === (i < 4 * side * side * 3 ? 0 : 2) ? 255 : 0));
 * const photos = imageSet({ width: side, height: side, data, labels, paths: [] });
 * const model = resnet18(gpu, 2);
 * model.initialise(createRandom(1)); // or weights from a file: loadWithFreshHead
 * const settings = { ...settingDefaults, tune: 'head', size: side, batchSize: 8, epochs: 10, lr: 0.01 };
 * const source = new InputSource(model, { train: photos, valid: photos }, settings);
 * freeze(model, settings.tune, settings.bn);
 * const { train } = await source.forPhase({ epochs: 1 });
 * const { points } = await findLearningRate(model, () => train, settings, { from: 1e-5, to: 1e-2, steps: 10 });
 * points.length; // → 10
 * ```
 */
export async function findLearningRate(
  model: Network,
  inputs: () => Inputs | Promise<Inputs>,
  settings: TrainSettings,
  { from = 1e-7, to = 10, steps = 100, signal, onPoint }: RateSearchOptions = {},
): Promise<RateSearch> {
  checkSettings(settings);
  if (!(from > 0 && to > from && Number.isFinite(to)))
    throw new TrainingError(`The rates must be above 0 and rise; these go from ${from} to ${to}.`);
  if (!Number.isInteger(steps) || steps < FEWEST_POINTS)
    throw new TrainingError(`A search takes at least ${FEWEST_POINTS} steps, not ${steps}.`);
  freeze(model, settings.tune, settings.bn);
  const source = await inputs();
  const before = await model.stateDict();
  const { training } = model;
  const phase = { index: 0, tune: settings.tune, epochs: 1, learningRate: from };
  const optimizer = createOptimizer(model, phase, settings);
  const runStep = trainingStep(model, optimizer, source, settings);
  const hold = holdAll(source.hold);
  const points: RatePoint[] = [];
  let mean = 0;
  let best = Infinity;
  try {
    model.train();
    for (const { batches, epoch } of endlessSteps(model, source.count, settings)) {
      if (points.length === steps) break;
      signal?.throwIfAborted();
      const rate = (optimizer.learningRate = from * (to / from) ** (points.length / (steps - 1)));
      const release = await hold?.(batches);
      const { loss } = await runStep(batches, epoch, points.length).finally(release);
      mean = SMOOTHING * mean + (1 - SMOOTHING) * loss;
      const smoothed = mean / (1 - SMOOTHING ** (points.length + 1));
      if (!Number.isFinite(loss) || smoothed > DIVERGED * best) break;
      best = Math.min(best, smoothed);
      const point = { rate, loss, smoothed };
      points.push(point);
      onPoint?.(point, points.length, steps);
    }
  } finally {
    optimizer.dispose();
    model.loadStateDict(before);
    model.train(training);
  }
  if (points.length < FEWEST_POINTS)
    throw new TrainingError(
      `The loss diverged after ${points.length} of ${steps} steps, too soon to suggest a rate: start from a lower one.`,
    );
  const { share: fall, deviations } = deepestFall(points);
  return {
    ...{ points, suggestion: valley(points), steepest: steepest(points), diverged: points.length < steps },
    ...{ fall, inconclusive: deviations < LEAST_DEVIATIONS },
  };
}

/**
 * How far the loss fell: from its mean over the first steps to the least mean over as many later ones, as a share of the former, and in
 * deviations of what the choice of photos alone does to such a difference.
 */
export function deepestFall(points: readonly RatePoint[]): {
  readonly share: number;
  readonly deviations: number;
} {
  const losses = points.map(({ loss }) => loss);
  const width = Math.max(SHORTEST_WINDOW, Math.floor(losses.length / WINDOWS));
  const meanFrom = (start: number) =>
    losses.slice(start, start + width).reduce((sum, loss) => sum + loss, 0) / width;
  const first = meanFrom(0);
  let [least, end] = [first, width];
  for (let start = width; start + width <= losses.length; start++) {
    const mean = meanFrom(start);
    if (mean < least) [least, end] = [mean, start + width];
  }
  // From one step to the next the rate hardly matters, and the photos are others.
  const steps = losses.slice(1, end).map((loss, i) => loss - (losses[i] ?? loss));
  const variance = steps.reduce((sum, step) => sum + step ** 2, 0) / (2 * steps.length);
  const deviation = Math.sqrt((2 * variance) / width);
  return { share: (first - least) / first, deviations: first === least ? 0 : (first - least) / deviation };
}

/** The steps of epoch after epoch. */
function* endlessSteps(model: Network, count: number, settings: TrainSettings) {
  const plan = planEpoch(model, count, settings);
  for (let epoch = 1; ; epoch++)
    for (const batches of stepsOf(count, plan, epoch, settings)) yield { batches, epoch };
}

/** The middle, in steps, of the longest run of points that are each lower than the one before; others are left out. */
export function valley(points: readonly RatePoint[]): number {
  const lengths: number[] = [];
  points.forEach(({ smoothed }, i) => {
    const before = lengths.filter((_, j) => smoothed < (points[j]?.smoothed ?? -Infinity));
    lengths[i] = 1 + Math.max(0, ...before);
  });
  const length = Math.max(...lengths);
  const end = lengths.indexOf(length);
  const start = Math.max(0, end - length);
  return points[start + Math.floor((end - start) / 2)]?.rate ?? NaN;
}

/** The rate at which the smoothed loss falls most steeply over the logarithm of the rate. */
export function steepest(points: readonly RatePoint[]): number {
  const slopes = points.map((_, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    return before && after ? after.smoothed - before.smoothed : Infinity;
  });
  return points[slopes.indexOf(Math.min(...slopes))]?.rate ?? NaN;
}
