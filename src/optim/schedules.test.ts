import { describe, expect, it } from 'vitest';
import goldens from '../../test/golden/schedules.json' with { type: 'json' };
import { learningRateFactor, type ScheduleName, type ScheduleOptions } from './schedules.ts';

describe('learningRateFactor', () => {
  it.each(goldens)('$schedule.name of $schedule.totalSteps steps equals PyTorch', ({ schedule, rates }) => {
    const options = { ...schedule, name: schedule.name as ScheduleName };
    expect(rates).toHaveLength(options.totalSteps);
    rates.forEach((rate, step) => {
      // PyTorch's cosine multiplies its way from step to step, so its float64 errors add up.
      expect(Math.abs(learningRateFactor(options, step) - rate), `step ${step}`).toBeLessThan(1e-13);
    });
  });

  const cosine: ScheduleOptions = { name: 'cosine', totalSteps: 10, warmupSteps: 2 };

  it('reaches the base rate after the warm-up, and keeps the last factor past the end', () => {
    expect([0, 1, 2].map((step) => learningRateFactor(cosine, step))).toEqual([1 / 3, 2 / 3, 1]);
    expect(learningRateFactor(cosine, 100)).toBe(learningRateFactor(cosine, 9));
  });

  it('divides by ten at the half and at three quarters where no milestones are given', () => {
    const step: ScheduleOptions = { name: 'step', totalSteps: 8, warmupSteps: 0 };
    const factors = Array.from({ length: 8 }, (_, i) => learningRateFactor(step, i));
    const expected = [1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01];
    factors.forEach((factor, i) => expect(factor).toBeCloseTo(expected[i]!, 12)); // eight of both
  });

  it('stays a factor where the warm-up is as long as the run, and where one-cycle has no rise', () => {
    const only = { ...cosine, totalSteps: 2 };
    expect([0, 1].map((step) => learningRateFactor(only, step))).toEqual([1 / 3, 2 / 3]);
    const fall: ScheduleOptions = { name: 'one-cycle', totalSteps: 2, warmupSteps: 0, riseShare: 0.5 };
    expect(learningRateFactor(fall, 0)).toBe(1);
  });

  it('knows no schedule but those that there are', () => {
    const linear = { ...cosine, name: 'linear' as ScheduleName };
    expect(() => learningRateFactor(linear, 0)).toThrow(
      'There is no schedule "linear". There are: constant, step, cosine, one-cycle.',
    );
  });

  it.each([
    [{ totalSteps: 0 }, 0, /totalSteps of 0/],
    [{ warmupSteps: 1.5 }, 0, /warmupSteps of 1.5/],
    [{ milestones: [-1] }, 0, /milestone of -1/],
    [{ gamma: NaN }, 0, /gamma of NaN/],
    [{ minFactor: 2 }, 0, /minFactor of 2/],
    [{ riseShare: 1.1 }, 0, /riseShare of 1.1/],
    [{}, -1, /step = -1/],
    [{}, 0.5, /step = 0.5/],
  ])('refuses %o at step %d', (change, step, message) => {
    expect(() => learningRateFactor({ ...cosine, ...change }, step)).toThrow(message);
  });
});
