/**
 * How the learning rate goes over a run: pure functions from the step to a factor of the base rate, so that a resumed
 * run needs to know nothing but where it is.
 */
import { lookUp, namesOf } from '../names.ts';
import { checkRanges } from './checks.ts';

/** A schedule and the run that it is for, in optimizer steps. */
export interface ScheduleOptions {
  readonly name: ScheduleName;
  /** Steps of the whole run, the warm-up included. */
  readonly totalSteps: number;
  /** Steps in which the rate rises linearly to the base rate; one-cycle rises in its own way and takes none. */
  readonly warmupSteps: number;
  /**
   * Step: the steps of the run from which on `gamma` multiplies the rate once more; by
   * default its half and three quarters.
   */
  readonly milestones?: readonly number[] | undefined;
  /** Step: 0.1 by default. */
  readonly gamma?: number | undefined;
  /** Cosine: the factor at which it ends; 0 by default. */
  readonly minFactor?: number | undefined;
  /** One-cycle: the share of the run in which the rate rises; 0.3 by default. */
  readonly riseShare?: number | undefined;
  /** One-cycle: begins at 1 / this of the base rate, which is its peak; 25 by default. */
  readonly divFactor?: number | undefined;
  /** One-cycle: ends at 1 / this of what it began at; 10,000 by default. */
  readonly finalDivFactor?: number | undefined;
}

/** The factor at a step of the run, 0 … totalSteps - 1. */
type Schedule = (options: ScheduleOptions, step: number) => number;

/** A new schedule is a function and an entry here. */
export const schedules = {
  constant: warmup,
  step: (options, step) => warmup(options, step) * steps(options, step),
  cosine: (options, step) => warmup(options, step) * cosineAfterWarmup(options, step),
  'one-cycle': oneCycle,
} as const satisfies Record<string, Schedule>;

/** What `learningRateFactor` knows, and the setting `schedule` names. */
export type ScheduleName = keyof typeof schedules;
export const scheduleNames = namesOf(schedules);

/**
 * The factor of the base rate at step `step` of a run, counted from 0; past the end it is that of the last step. Throws
 * `UnknownNameError` for a schedule that there is not, and `RangeError` for a step or options out of range.
 *
 * ```ts
 * const schedule = { name: 'cosine', totalSteps: 104, warmupSteps: 4 } as const;
 * learningRateFactor(schedule, 0); // → 0.2
 * learningRateFactor(schedule, 4); // → 1
 * learningRateFactor(schedule, 54); // → 0.5
 * ```
 */
export function learningRateFactor(options: ScheduleOptions, step: number): number {
  const schedule = lookUp<Schedule>(schedules, options.name, 'schedule');
  checkSchedule(options);
  if (!Number.isSafeInteger(step) || step < 0)
    throw new RangeError(`Schedule: step = ${step} must be a whole number from 0.`);
  return schedule(options, Math.min(step, options.totalSteps - 1));
}

/** Linear from 1 / (warmupSteps + 1), so that no step is lost at a rate of 0, to 1 at step `warmupSteps`. */
function warmup({ warmupSteps }: ScheduleOptions, step: number): number {
  return Math.min(1, (step + 1) / (warmupSteps + 1));
}

/** As torch's MultiStepLR. */
function steps({ totalSteps, gamma = 0.1, milestones }: ScheduleOptions, step: number): number {
  const reached = milestones ?? [Math.ceil(totalSteps / 2), Math.ceil((totalSteps * 3) / 4)];
  return gamma ** reached.filter((milestone) => step >= milestone).length;
}

/** Loshchilov and Hutter 2017, one period, as torch's CosineAnnealingLR. */
function cosineAfterWarmup(
  { totalSteps, warmupSteps, minFactor = 0 }: ScheduleOptions,
  step: number,
): number {
  if (step <= warmupSteps) return 1;
  return cosine(1, minFactor, (step - warmupSteps) / (totalSteps - warmupSteps));
}

/** Smith and Topin 2018, as torch.optim.lr_scheduler.OneCycleLR with cosine annealing and two phases. */
function oneCycle(schedule: ScheduleOptions, step: number): number {
  const { totalSteps, riseShare = 0.3, divFactor = 25, finalDivFactor = 1e4 } = schedule;
  const start = 1 / divFactor;
  const peak = riseShare * totalSteps - 1; // as torch has it: not a whole step, and below 0 in very short runs
  const last = totalSteps - 1;
  if (step <= peak) return peak > 0 ? cosine(start, 1, step / peak) : 1;
  return cosine(1, start / finalDivFactor, last > peak ? (step - peak) / (last - peak) : 1);
}

/** From one value to another along half a cosine; `share` is 0 … 1. */
const cosine = (from: number, to: number, share: number): number =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));

function checkSchedule(schedule: ScheduleOptions): void {
  const { totalSteps, warmupSteps, milestones = [] } = schedule;
  const { gamma = 0.1, minFactor = 0, riseShare = 0.3, divFactor = 25, finalDivFactor = 1e4 } = schedule;
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
  const checks: readonly (readonly [string, number, boolean])[] = [
    ['totalSteps', totalSteps, isCount(totalSteps) && totalSteps > 0],
    ['warmupSteps', warmupSteps, isCount(warmupSteps)],
    ...milestones.map((milestone) => ['milestone', milestone, isCount(milestone)] as const),
    ['gamma', gamma, gamma > 0],
    ['minFactor', minFactor, minFactor >= 0 && minFactor <= 1],
    ['riseShare', riseShare, riseShare >= 0 && riseShare <= 1],
    ['divFactor', divFactor, divFactor > 0],
    ['finalDivFactor', finalDivFactor, finalDivFactor > 0],
  ];
  checkRanges('Schedule', checks);
}
