import { describe, expect, it } from 'vitest';
import { slowText } from './texts.ts';
import { SlowWatch, type Slowness } from './slow.ts';

/** What is said after each of `times`, the seconds of steps one after the other, in epochs of 100 steps. */
function said(times: readonly number[], epochs: number): (Slowness | undefined)[] {
  let now = 0;
  const watch = new SlowWatch({ architecture: 'resnet18', epochs }, () => now * 1000);
  return times.map((seconds, i) => {
    now += seconds;
    return watch.step({ epoch: 1, step: i + 1, steps: 100 });
  });
}

describe('a run that is slow where it runs', () => {
  it('is told once, after six steps, by the median of all but the first', () => {
    const told = said([30, 2, 2, 2.5, 1000, 2, 2, 2], 10);
    expect(told.map(Boolean)).toEqual([false, false, false, false, false, true, false, false]);
    expect(told[5]).toEqual({ seconds: 2, secondsLeft: 994 * 2, architecture: 'resnet18' });
  });

  it('is none that ends within twenty minutes', () => {
    expect(said([30, 2, 2, 2, 2, 2, 2], 6).some(Boolean)).toBe(false);
  });

  it('is told with a network and a scope that take less', () => {
    const slowness = { seconds: 2.34, secondsLeft: 2600, architecture: 'resnet18' } as const;
    const text = slowText(slowness, 'layer4');
    expect(text).toMatch(/^a step takes 2\.3 s here, so training takes about 43 min/);
    expect(text).toContain('mobilenet_v3_small');
    expect(text).toContain('the head alone');
    expect(slowText({ ...slowness, architecture: 'mobilenet_v3_small' }, 'all')).not.toContain('mobilenet');
    expect(slowText(slowness, 'head')).not.toContain('the head alone');
  });
});
