import { describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { fileTree } from '../data/file-tree.ts';
import { networks } from '../networks/index.ts';
import { TrainingError } from '../train/index.ts';
import { RunError } from './errors.ts';
import { planRun, tuneFrom, type PlanRequest } from './plan.ts';

/** So many photos of each class that nobody decodes. */
function host(counts: Readonly<Record<string, number>>) {
  const paths = Object.entries(counts).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, i) => `photos/${name}/${i}.jpg`),
  );
  return {
    decoders: ['graft'] as const,
    files: fileTree(paths.map((path) => [path, () => Promise.reject(new Error('a plan reads no photo'))])),
    drawings: () => Promise.reject(new Error('there are none')),
    openGpu: async () => ({ gpu: await testGpu(), name: 'test' }),
  };
}

const plan = (
  counts: Readonly<Record<string, number>>,
  given: PlanRequest['given'] = {},
  budgetBytes = 2 ** 30,
) =>
  planRun(host(counts), {
    given: { data: 'photos', size: 32, ...given },
    architecture: 'resnet18',
    budgetBytes,
  });

const trainedStages = (stages: readonly { name: string; isTrained: boolean }[]) =>
  stages.filter(({ isTrained }) => isTrained).map(({ name }) => name);

describe('the plan of a run', () => {
  it('chooses as the run will, and says what each choice costs', async () => {
    const { chosen, auto, photos, stages, scopes, cost, fits } = await plan({ cats: 20, dogs: 60 });
    expect(photos).toEqual({ train: 64, valid: 16, classes: 2 });
    expect(chosen.config.tune).toBe('head');
    expect(auto).toBe('head');
    expect(chosen.reasons.join('\n')).toMatch(/^tune head for 64 training photos: so few photos/);
    expect(chosen.reasons.join('\n')).toMatch(/class weights balanced/);
    expect(trainedStages(stages)).toEqual(['head']);
    expect(stages.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['stem', 9536],
      ['layer1', 147_968],
      ['layer2', 525_568],
      ['layer3', 2_099_712],
      ['layer4', 8_393_728],
      ['head', 1026],
    ]);
    expect(scopes.map(({ tune }) => tune)).toEqual([
      'all',
      'layer1,layer2,layer3,layer4',
      'layer2,layer3,layer4',
      'layer3,layer4',
      'layer4',
      'head',
    ]);
    const trained = scopes.map((scope) => scope.cost?.frozen.trained ?? 0);
    let sum = 0;
    const sums = stages.map(({ parameters }) => (sum += parameters));
    expect(trained).toEqual(sums.map((_, i) => sum - (sums[i - 1] ?? 0)));
    expect(cost).toEqual(scopes.at(-1)?.cost);
    const bytes = scopes.map((scope) => scope.cost?.bytes ?? 0);
    expect(bytes[0]).toBeGreaterThan(bytes.at(-2) ?? 0);
    expect(fits).toBe(1024); // of features there is room for many
  });

  it('keeps to what was given, and tells it from what would be chosen', async () => {
    const { chosen, auto, stages, cost } = await plan(
      { a: 10, b: 10 },
      { tune: 'layer3,layer4.1', batchSize: 4 },
    );
    expect(chosen.config).toMatchObject({ tune: 'layer3,layer4.1', batchSize: 4, optimizer: 'adamw' });
    expect(auto).toBe('head');
    expect(trainedStages(stages)).toEqual(['layer3', 'layer4', 'head']);
    expect(stages.filter(({ isChosen }) => isChosen).map(({ name }) => name)).toEqual(['head']);
    expect(cost?.phases[0].steps).toBe(4);
  });

  it('finds no batch where nothing fits', async () => {
    expect((await plan({ a: 10, b: 10 }, { tune: 'all' }, 2 ** 20)).fits).toBeUndefined();
  });

  it('plans each choice of a run that trains the head first', async () => {
    const { scopes, cost } = await plan({ a: 10, b: 10 }, { gradual: true, epochs: 6 });
    expect(cost?.phases.map(({ phase }) => phase.epochs)).toEqual([2, 4]);
    expect(scopes.map((scope) => scope.cost?.phases.length)).toEqual([2, 2, 2, 2, 2, 1]);
  });

  it('refuses what a run would refuse', async () => {
    await expect(plan({ a: 10, b: 10 }, { gradual: true, epochs: 1 })).rejects.toThrow(TrainingError);
    await expect(plan({ a: 10, b: 10, c: 10 }, { loss: 'bce' })).rejects.toThrow(RunError);
    await expect(plan({ a: 10, b: 10 }, { tune: 'layer9' })).rejects.toThrow('"layer9" is not a part');
    await expect(plan({ a: 10 })).rejects.toThrow();
  });
});

it('names what is trained from each stage on', () => {
  const { stages } = networks.resnet50;
  expect(stages.map((_, i) => tuneFrom(i, stages)).at(0)).toBe('all');
  expect(tuneFrom(4, stages)).toBe('layer4');
  expect(tuneFrom(5, stages)).toBe('head');
});
