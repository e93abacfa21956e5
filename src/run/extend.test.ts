import { describe, expect, it } from 'vitest';
import { startOfRun, settingDefaults, type TrainConfig } from '../train/index.ts';
import { extensionOf } from './extend.ts';

const config = { ...settingDefaults, epochs: 2, gradual: false } as TrainConfig; // what is missing is not looked at
const state = (phase: number) => ({
  progress: { ...startOfRun, phase },
  model: new Map(),
  optimizer: undefined,
});
const epochs = (before: number, now: number) => ({ name: 'epochs', before, now }) as const;

describe('more epochs', () => {
  it('are those of a run that is over, whether asked for or written down before it was killed', () => {
    expect(extensionOf('runs/x', config, state(1), [], [epochs(2, 4)])).toEqual({ from: 2, to: 4 });
    const written = { ...config, epochs: 4 };
    expect(extensionOf('runs/x', written, state(1), [epochs(2, 4)], [])).toEqual({ from: 2, to: 4 });
  });

  it('are none where fewer, as many or other settings are asked for', () => {
    expect(extensionOf('runs/x', config, state(1), [], [])).toBeUndefined();
    expect(extensionOf('runs/x', config, state(1), [], [epochs(2, 1)])).toBeUndefined();
    const rate = { name: 'lr', before: 0.1, now: 1 } as const;
    expect(extensionOf('runs/x', config, state(1), [], [epochs(2, 4), rate])).toBeUndefined();
  });

  it('are refused with the reason', () => {
    expect(() => extensionOf('runs/x', config, state(0), [], [epochs(2, 4)])).toThrow(
      'The run runs/x of 2 epochs cannot have 4: it is not over, and its schedule is that of its own epochs.',
    );
    const gradual = { ...config, gradual: true };
    for (const phase of [0, 1, 2])
      expect(() => extensionOf('runs/x', gradual, state(phase), [], [epochs(2, 4)])).toThrow(
        'cannot have 4: it was gradual, and how many of its epochs train the head alone was settled when it began.',
      );
  });

  it('that were only written into the config of a run that is not over are to be taken out again', () => {
    expect(extensionOf('runs/x', config, state(0), [epochs(1, 2)], [])).toBeUndefined();
  });
});
