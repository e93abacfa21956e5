import { describe, expect, it } from 'vitest';
import { readWeights, WeightsError, type StateDict } from '../../weights/index.ts';
import { encodeCheckpoint, type ModelCard } from './checkpoint.ts';
import {
  decodeTrainingState,
  encodeTrainingState,
  isBeforeTraining,
  modelTensors,
  startOfRun,
  type TrainingProgress,
  type TrainingState,
} from './state.ts';

const card: ModelCard = {
  architecture: 'resnet18',
  classes: ['cats', 'dogs'],
  transform: { kind: 'resize', width: 128, height: 128 },
  loss: 'cross-entropy',
  graft: '1.2.3',
};
const metrics = { loss: 0.1 + 0.2, accuracy: 1 / 3, count: 12 };
const progress: TrainingProgress = {
  ...{ phase: 0, phaseEpochs: 1, epoch: 2, step: 3, sums: { loss: 1 / 7, correct: 5, count: 24 } },
  ...{ trainSeconds: 1.25, best: { epoch: 1, valid: metrics }, epochsSinceBest: 0 },
  history: [
    {
      ...{ epoch: 1, phase: 0, train: metrics, valid: metrics, learningRate: 1e-3, isBest: true },
      ...{ trainSeconds: 2, validSeconds: 1, imagesPerSecond: 6 },
    },
  ],
};
const model: StateDict = new Map([['fc.bias', { shape: [2], data: Float32Array.of(1.5, -0) }]]);
const state: TrainingState = {
  progress,
  model,
  optimizer: { steps: 7, tensors: { exp_avg: Float32Array.of(1e-40, 2), exp_avg_sq: Float32Array.of(3, 4) } },
};
const encoded = (given = state) => readWeights(encodeTrainingState(given, card), 'last.safetensors');

describe('a training state', () => {
  it('comes back as it was, to the bit', () => {
    expect(decodeTrainingState(encoded(), 'last.safetensors')).toEqual(state);
    const between = { ...state, optimizer: undefined };
    expect(decodeTrainingState(encoded(between), 'last.safetensors')).toEqual(between);
  });

  it('is a model with a card once the optimizer is left aside', () => {
    const { tensors, metadata } = encoded();
    expect([...tensors.keys()]).toEqual(['fc.bias', 'optimizer.exp_avg', 'optimizer.exp_avg_sq']);
    expect([...modelTensors(tensors).keys()]).toEqual(['fc.bias']);
    expect(metadata).toMatchObject({ classes: '["cats","dogs"]', optimizer_steps: '7' });
  });

  it('tells whether anything was trained', () => {
    const before = { ...state, progress: startOfRun, optimizer: undefined };
    expect(isBeforeTraining(encoded(before))).toBe(true);
    for (const done of [{ step: 1 }, { phaseEpochs: 1, epoch: 2 }, { phase: 1, epoch: 2 }])
      expect(isBeforeTraining(encoded({ ...before, progress: { ...startOfRun, ...done } }))).toBe(false);
    expect(isBeforeTraining(readWeights(encodeCheckpoint(model, card), 'best.safetensors'))).toBe(false);
  });

  it('is not what a model file holds', () => {
    const file = readWeights(encodeCheckpoint(model, card), 'best.safetensors');
    expect(() => decodeTrainingState(file, 'best.safetensors')).toThrow(WeightsError);
    expect(() => decodeTrainingState(file, 'best.safetensors')).toThrow(
      /best.safetensors: it is not a checkpoint of a run/,
    );
  });

  it.each([
    ['progress', '{', 'damaged'],
    ['progress', '[]', 'damaged'],
    ['progress', JSON.stringify({ ...progress, epoch: 0 }), 'damaged'],
    ['progress', JSON.stringify({ ...progress, step: -1 }), 'damaged'],
    ['progress', JSON.stringify({ ...progress, best: { epoch: 1 } }), 'damaged'],
    ['progress', JSON.stringify({ ...progress, history: [{}] }), 'damaged'],
    ['optimizer_steps', 'many', 'incomplete'],
  ])('is refused where its %s is %s', (key, value, named) => {
    const { tensors, metadata } = encoded();
    const broken = { tensors, metadata: { ...metadata, [key]: value } };
    expect(() => decodeTrainingState(broken, 'last.safetensors')).toThrow(WeightsError);
    expect(() => decodeTrainingState(broken, 'last.safetensors')).toThrow(named);
  });

  it('is refused where tensors of the optimizer have no step count, or the other way round', () => {
    const { tensors, metadata } = encoded();
    const { optimizer_steps: _steps, ...without } = metadata;
    expect(() => decodeTrainingState({ tensors, metadata: without }, 'last')).toThrow('incomplete');
    const bare = modelTensors(tensors);
    expect(() => decodeTrainingState({ tensors: bare, metadata }, 'last')).toThrow('incomplete');
  });
});
