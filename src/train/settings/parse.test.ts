/** What files of settings may hold, and what is said of the rest. */
import { describe, expect, it } from 'vitest';
import { settingDefaults, settingNames } from './config.ts';
import { settingDifferences } from './differences.ts';
import { parseConfig, parseSettings, problemText, readNamed } from './parse.ts';

describe('settings', () => {
  it('are read as a person or a program writes them', () => {
    const given = { 'batch-size': '8', lr: 1e-7, tune: ['layer4', 'fc'], gradual: true, clipGrad: null };
    expect(parseSettings({ ...given, data: null, patience: 'none', augment: 'strong' })).toEqual({
      settings: {
        ...{ batchSize: 8, lr: 1e-7, tune: 'layer4,fc', gradual: true, clipGrad: null, data: null },
        ...{ patience: null, augment: 'strong' },
      },
      problems: [],
    });
  });

  it('that are null are left open where there is no none', () => {
    expect(parseSettings({ lr: null, gradual: null, classWeights: null })).toEqual({
      ...{ settings: {}, problems: [] },
    });
  });

  it.each([
    ['batchSize', 0.5, 'It must be a whole number from 1 to 65536.'],
    ['epochs', 'many', 'It must be a whole number of at least 1.'],
    ['lr', -1, 'It must be a number greater than 0, such as 0.001 or 1e-3.'],
    ['clipGrad', 0, 'It must be a number greater than 0, such as 0.001 or 1e-3, or none.'],
    ['validFraction', 1, 'It must be a number between 0 and 1, such as 0.2.'],
    ['optimizer', 'lion', 'Allowed choices are adam, adamw, sgd.'],
    ['classWeights', 'constructor', 'Allowed choices are none, balanced.'],
    ['gradual', 'yes', 'It must be true or false.'],
    ['tune', { part: 'fc' }, 'It must be a text or a number.'],
    ['seed', [1], 'It must be a text or a number.'],
  ])('are refused where %s is %j', (name, value, problem) => {
    const { settings, problems } = parseSettings({ [name]: value, epochs: name === 'epochs' ? value : 3 });
    expect(problems).toEqual([{ kind: 'value', name, value, problem }]);
    expect(problemText(problems[0]!)).toBe(`"${name}" is ${JSON.stringify(value)}. ${problem}`); // one was found
    expect(settings).toEqual(name === 'epochs' ? {} : { epochs: 3 });
  });

  it('of other names are refused, with the one that was probably meant', () => {
    const { problems } = parseSettings({ bachSize: 8, batchSize: 1, 'batch-size': 2 });
    expect(problems.map((problem) => problemText(problem))).toEqual([
      'there is no setting "bachSize". Did you mean "batchSize"?',
      '"batchSize" and "batch-size" are the same setting.',
    ]);
    const readers = [{ name: 'batch', read: (value: unknown) => ({ value }) }];
    const [unknown] = readNamed(JSON.parse('{"__proto__": 1}') as Record<string, unknown>, readers).problems;
    expect(unknown).toEqual({ kind: 'unknown', name: '__proto__', known: ['batch'] });
    expect(problemText(unknown!, 'option')).toBe('there is no option "__proto__". There are: batch.'); // see above
  });
});

describe('a whole config', () => {
  it('may leave out what nothing chooses, and no more', () => {
    const { data: _data, gradual: _gradual, clipGrad: _clip, momentum: _momentum, ...on } = settingDefaults;
    expect(parseConfig(on)).toEqual({ config: settingDefaults, problems: [] });
    const { weights: _weights, lr: _lr, ...without } = on;
    expect(parseConfig(without)).toEqual({
      ...{ config: undefined, problems: [{ kind: 'missing', names: ['weights', 'lr'] }] },
    });
    expect(parseConfig({ ...without, epochs: 0 }).problems).toMatchObject([{ kind: 'value' }]);
  });

  it('comes back from JSON as it was', () => {
    const config = { ...settingDefaults, data: '/a', lr: 0.1 + 0.2, clipGrad: 1e-9, gradual: true };
    const read = parseConfig(JSON.parse(JSON.stringify(config)) as Record<string, unknown>);
    expect(read.config).toEqual(config);
    expect(Object.keys(config).sort()).toEqual([...settingNames].sort());
  });
});

it('differences are of what both have', () => {
  const config = { ...settingDefaults, clipGrad: null, lr: 0.001 };
  expect(settingDifferences(config, { ...config })).toEqual([]);
  expect(settingDifferences(config, { lr: 0.01, clipGrad: 1, weights: 'b.pth' })).toEqual([
    { name: 'weights', before: 'resnet18', now: 'b.pth' },
    { name: 'lr', before: 0.001, now: 0.01 },
    { name: 'clipGrad', before: null, now: 1 },
  ]);
  expect(settingDifferences({ lr: 1 }, { seed: 1 })).toEqual([]);
});
