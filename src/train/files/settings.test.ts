import { describe, expect, it } from 'vitest';
import { readWeights, WeightsError } from '../../weights/index.ts';
import { settingDefaults, type TrainConfig } from '../settings/config.ts';
import type { ModelCard } from './checkpoint.ts';
import { changedSettings } from './settings.ts';
import { encodeTrainingState, startOfRun } from './state.ts';

const card: ModelCard = {
  architecture: 'resnet18',
  classes: ['a', 'b', 'c'],
  transform: { kind: 'resize', width: 160, height: 160 },
  loss: 'cross-entropy',
  graft: '1.2.3',
};
const config: TrainConfig = {
  ...settingDefaults,
  data: '/home/me/photos',
  weights: '/home/me/w.pth',
  size: 160,
  lr: 0.003,
};
const state = { progress: startOfRun, model: new Map(), optimizer: undefined };
const file = (settings?: TrainConfig) => readWeights(encodeTrainingState(state, card, settings), 'last');

describe('the settings of a training state', () => {
  it('are those of the config that it was trained with, wherever its files are now', () => {
    expect(changedSettings(file(config), 'last', config)).toEqual([]);
    expect(changedSettings(file(config), 'last', { ...config, data: '/moved', weights: 'resnet18' })).toEqual(
      [],
    );
    expect(JSON.stringify(file(config).metadata)).not.toContain('/home/me');
  });

  it('tell each that was changed since', () => {
    const edited = { ...config, seed: 7, bn: 'batch', clipGrad: 1, loss: 'bce', views: 3 } as const;
    expect(changedSettings(file(config), 'last', edited)).toEqual([
      { name: 'views', before: 1, now: 3 },
      { name: 'bn', before: 'running', now: 'batch' },
      { name: 'loss', before: 'cross-entropy', now: 'bce' },
      { name: 'clipGrad', before: null, now: 1 },
      { name: 'seed', before: 42, now: 7 },
    ]);
  });

  it('are as far as the card tells them in files of before they were recorded', () => {
    expect(changedSettings(file(), 'last', { ...config, seed: 7 })).toEqual([]);
    expect(changedSettings(file(), 'last', { ...config, loss: 'bce', size: 64 })).toEqual([
      { name: 'size', before: 160, now: 64 },
      { name: 'loss', before: 'cross-entropy', now: 'bce' },
    ]);
  });

  it('of another version are compared where both have them', () => {
    const settings = JSON.stringify({ seed: 42, temperature: 2 });
    expect(changedSettings({ metadata: { settings } }, 'last', { ...config, lr: 1 })).toEqual([]);
  });

  it.each(['{', '[]', 'null', '"seed"'])('are refused where they are %s', (settings) => {
    const damaged = () => changedSettings({ metadata: { settings } }, 'last.safetensors', config);
    expect(damaged).toThrow(WeightsError);
    expect(damaged).toThrow('last.safetensors: its metadata "settings" is damaged');
  });
});
