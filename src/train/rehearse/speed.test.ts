import { expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { paperGpu } from '../../gpu/index.ts';
import { settingDefaults } from '../settings/config.ts';
import { costOf } from './cost.ts';
import { secondsOf, speedFrom } from './seconds.ts';
import { measureSpeed } from './speed.ts';

const photos = { train: 640, valid: 160, classes: 4 };

it('measures rates, and leaves nothing behind', async () => {
  const gpu = await testGpu();
  const { persistentBytes } = gpu.statistics;
  const speed = await measureSpeed(gpu);
  for (const value of Object.values(speed)) expect(value).toBeGreaterThan(0);
  await gpu.finish();
  expect(gpu.statistics.persistentBytes).toBe(persistentBytes);
});

it('stops where it is told to', async () => {
  const gpu = await testGpu();
  const { persistentBytes } = gpu.statistics;
  await expect(measureSpeed(gpu, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  await gpu.finish();
  expect(gpu.statistics.persistentBytes).toBe(persistentBytes);
});

it('tells rates from seconds, those of forward passes apart from those of gradients', () => {
  const seconds = { overhead: 0.5, forward: 1.5, training: 5.5 };
  expect(speedFrom({ forward: 10, backward: 20 }, seconds)).toEqual({
    forward: 10,
    backward: 5,
    overhead: 0.5,
  });
});

it('expects what steps, validation and features take', () => {
  const gpu = paperGpu({ software: false, subgroupSize: 32 });
  const speed = { forward: 1e12, backward: 5e11, overhead: 1e-3 };
  const cost = (tune: string) =>
    costOf(gpu, 'resnet18', { ...settingDefaults, tune, epochs: 10, batchSize: 64 }, photos);

  const all = cost('all');
  const { step, validation, steps } = all.phases[0];
  const ofStep = 1e-3 + step.forward / 1e12 + step.backward / 5e11;
  const ofAll = secondsOf(all, speed);
  expect(steps).toBe(10);
  expect(ofAll.step).toBeCloseTo(ofStep, 12);
  expect(ofAll.once).toBe(0);
  expect(ofAll.total).toBeCloseTo(10 * (10 * ofStep + 1e-3 + validation.forward / 1e12), 9);

  const head = secondsOf(cost('head'), speed);
  expect(head.once).toBeCloseTo((cost('head').phases[0].features?.forward ?? 0) / 1e12, 12);
  expect(head.step).toBeLessThan(1.1e-3);
  expect(head.total).toBeLessThan(ofAll.total / 10);
});
