import { expect, it } from 'vitest';
import { paperGpu } from '../gpu/index.ts';
import { recordStep, type TrainConfig } from '../train/index.ts';
import { testSettings } from '../train/testing.ts';
import { kernelsText, memoryText, tapeText } from './look.ts';

const config: TrainConfig = {
  ...testSettings,
  ...{ data: null, weights: 'none', recipe: 'default', validFraction: 0.2, labels: null },
  ...{ labelsFromNames: false, shrinkFrom: null, size: 64, augment: 'none', views: 0 },
  ...{ epochs: 1, batchSize: 4, tune: 'layer4' },
};
const gpu = paperGpu({ software: false, subgroupSize: 32 });
const step = recordStep(gpu, 'resnet18', 3, config);

it('prints the tape', () => {
  const lines = tapeText(step).split('\n');
  expect(lines[0]).toBe('The tape has 13 nodes; 16 operations before them leave nothing on it.');
  expect(lines[2]).toMatch(/^ {2}conv2d +layer4\.0\.conv1 +layer4 +\[4, 2, 2, 512\]$/);
  expect(lines.at(-1)).toMatch(/^ {2}loss +\[\]$/);
  expect(lines).toHaveLength(15);
});

it('prints what keeps memory alive', () => {
  const lines = memoryText(step).split('\n');
  expect(lines[0]).toContain(`${step.boxes.length} temporaries of `);
  expect(lines).toHaveLength(step.boxes.length + 2);
  expect(
    lines.find((line) => /activation.*layer3\.1\.conv2 .*layer4\.0\.downsample\.0, backward$/.test(line)),
  ).toBeDefined();
});

it('prints each kernel once, with its time where that is known', () => {
  const { kernel } = step.dispatches.at(-1) ?? {};
  if (!kernel) throw new Error('A step runs kernels.');
  const texts = new Set(step.dispatches.map((one) => one.kernel.name));
  const untimed = kernelsText(step, null);
  expect(untimed.split('\n')[0]).toBe(
    `${step.dispatches.length} dispatches of ${texts.size} kernels; this adapter has no timestamps.`,
  );
  for (const name of texts) expect(untimed.split(`// ${name}\n`)).toHaveLength(2);
  const timed = kernelsText(step, [{ name: kernel.name, dispatches: 1, milliseconds: 2 }]);
  expect(timed.split('\n')[2]).toMatch(/ 2\.000 +100\.0 %$/);
});
