import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { type ResNet } from '../../networks/index.ts';
import { BatchNorm2d } from '../../nn/index.ts';
import { TrainingError } from '../errors.ts';
import { freeze, frozenNames } from './freeze.ts';
import { smallModel } from '../testing.ts';

let model: ResNet;
beforeAll(async () => {
  model = smallModel(await testGpu(), 2);
});

const trainedNames = () =>
  [...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad).map(([name]) => name);
const total = () => model.parameters().reduce((sum, { size }) => sum + size, 0);

describe('freeze', () => {
  it('head trains the last layer alone', () => {
    const { parts, trained, frozen } = freeze(model, 'head', 'running');
    expect(trainedNames()).toEqual(['fc.weight', 'fc.bias']);
    expect({ parts, trained }).toEqual({ parts: ['fc'], trained: 512 * 2 + 2 });
    expect(trained + frozen).toBe(total());
  });

  it('layer4 trains the last stage and the head', () => {
    expect(freeze(model, 'layer4', 'running').parts).toEqual(['layer4', 'fc']);
    expect(trainedNames().every((name) => /^(layer4|fc)\./.test(name))).toBe(true);
    expect(trainedNames()).toContain('layer4.0.downsample.1.bias');
  });

  it('all trains everything', () => {
    expect(freeze(model, 'all', 'running')).toEqual({ parts: ['all'], trained: total(), frozen: 0 });
  });

  it('takes beginnings of names, and trains the fresh head with them', () => {
    freeze(model, ' layer3.0.conv2 , conv1', 'running');
    expect(trainedNames()).toEqual(['conv1.weight', 'layer3.0.conv2.weight', 'fc.weight', 'fc.bias']);
  });

  it.each(['head', 'layer4', 'layer3.0.conv2,conv1', 'all'])(
    'leaves with %s what frozenNames tells',
    (tune) => {
      freeze(model, tune, 'running');
      const trained = new Set(trainedNames());
      expect(frozenNames(model, tune)).toEqual(
        [...model.namedParameters().keys()].filter((name) => !trained.has(name)),
      );
    },
  );

  it('freezes again what an earlier call trained', () => {
    freeze(model, 'all', 'running');
    freeze(model, 'head', 'running');
    expect(trainedNames()).toHaveLength(2);
  });

  it.each(['running', 'batch'] as const)('sets what frozen batch norm goes by: %s', (bn) => {
    freeze(model, 'head', bn);
    const layers = model.modules().filter((module) => module instanceof BatchNorm2d);
    expect(layers.map(({ frozenStatistics }) => frozenStatistics)).toEqual(layers.map(() => bn));
  });

  it.each(['layer5', 'layer', '', 'head,,fc', 'heads', 'layer3.0.conv9'])('refuses "%s"', (tune) => {
    expect(() => freeze(model, tune, 'running')).toThrow(TrainingError);
    expect(() => freeze(model, tune, 'running')).toThrow(
      /is not a part of the network\. There are: head, layer4, all, conv1, bn1, layer1, layer2, layer3, fc, stem, and parts of these, such as layer4\.0 or layer4\.0\.downsample\.1\./,
    );
  });
});
