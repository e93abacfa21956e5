import { expect, it } from 'vitest';
import { defineConfig } from './config-file.ts';

it('takes settings of the table, with values that they may have', () => {
  const config = { epochs: 3, schedule: 'cosine', patience: null, tensorboard: true, name: 'cats' } as const;
  expect(defineConfig(config)).toBe(config);
});

it('leaves names and values that there are not to the compiler', () => {
  // @ts-expect-error: there is no such setting
  defineConfig({ epoch: 3 });
  // @ts-expect-error: a number
  defineConfig({ epochs: '3' });
  // @ts-expect-error: not one of the schedules
  defineConfig({ schedule: 'cosinus' });
  // @ts-expect-error: what is resumed has its settings
  defineConfig({ resume: 'runs/cats' });
});
