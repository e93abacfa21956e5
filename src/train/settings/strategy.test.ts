import { describe, expect, it } from 'vitest';
import { networks } from '../../networks/index.ts';
import { headStage } from '../../nn/index.ts';
import { checkSettings, type TrainConfig } from './config.ts';
import { planPhases } from '../loop/phases.ts';
import { chooseStrategy, type DataFacts } from './strategy.ts';

const { stages } = networks.resnet18;
const facts = (images: number, classes = 2): DataFacts => ({
  ...{ images, classes, counts: new Array<number>(classes).fill(images / classes) },
});

describe('auto', () => {
  it.each([
    [600, 'head'],
    [999, 'head'],
    [1000, 'layer4'],
    [9999, 'layer4'],
    [10_000, 'all'],
  ])('with %i training photos trains %s, and says why', (images, tune) => {
    for (const given of [{}, { tune: 'auto' }, { tune: undefined }]) {
      const { config, reasons } = chooseStrategy(given as { tune?: string }, facts(images));
      expect(config.tune).toBe(tune);
      expect(reasons[0]).toContain(`tune ${tune} for ${images} training photos`);
      expect(reasons.join('\n')).toContain(`learning rate ${config.lr}`);
      checkSettings(config);
    }
  });

  it('gives layers nearer the input lower rates where more than the head is trained', () => {
    expect(chooseStrategy({}, facts(600)).config.layerDecay).toBe(1);
    const { config, reasons } = chooseStrategy({}, facts(5000));
    expect(config.layerDecay).toBeLessThan(1);
    expect(reasons.join('\n')).toContain('each stage learns at');
    expect(chooseStrategy({}, facts(20_000)).config.schedule).not.toBe('constant'); // with decay
  });

  it.each([
    [600, 'layer4', 'for so few the head alone would be trained, but gradual trains'],
    [5000, 'layer4', 'enough photos to adapt the last stage'],
    [20_000, 'all', 'enough photos to adapt every layer'],
  ])('leaves a gradual run something after the head with %i photos', (images, tune, reason) => {
    const { config, reasons } = chooseStrategy({ gradual: true, tune: 'auto' }, facts(images));
    expect(config).toMatchObject({ tune, optimizer: 'adamw' });
    expect(reasons[0]).toMatch(new RegExp(`^tune ${tune} for ${images} training photos: ${reason}`));
    expect(planPhases(config, stages)).toHaveLength(2);
  });

  it('keeps what was given and does not explain it', () => {
    const given = { tune: 'layer4', lr: 1e-4, epochs: 3, layerDecay: 0.5, data: 'photos' };
    const { config, reasons } = chooseStrategy(given, facts(600));
    expect(config).toMatchObject(given);
    expect(reasons).toEqual([]);
  });

  it.each([
    ['fc', 1],
    ['layer3,layer4,fc', 0.2],
    ['all', 0.5],
  ])('chooses the rest to go with tune %s', (tune, layerDecay) => {
    expect(chooseStrategy({ tune }, facts(600)).config.layerDecay).toBe(layerDecay);
  });

  it("speaks of the network's own stages", () => {
    const others = [
      { name: 'patches', modules: ['embed'] },
      { name: 'blocks', modules: ['blocks'] },
      headStage('classifier'),
    ] as const;
    const tuneOf = (given: { tune?: string; recipe?: 'seed' }, images: number) =>
      chooseStrategy(given, facts(images), others).config;
    expect(tuneOf({}, 600).tune).toBe('head');
    expect(tuneOf({}, 5000).tune).toBe('blocks');
    expect(tuneOf({ recipe: 'seed' }, 600).tune).toBe('blocks');
    expect(tuneOf({ tune: 'classifier' }, 5000).layerDecay).toBe(1);
    expect(tuneOf({ tune: 'fc' }, 5000).layerDecay).toBeLessThan(1);
    expect(() => planPhases({ ...tuneOf({}, 600), gradual: true }, others)).toThrow(
      'nothing more would follow',
    );
  });

  it('shows large photos larger to a head, and says so', () => {
    const sizeOf = (given: Partial<TrainConfig>, side?: number) =>
      chooseStrategy(given, { ...facts(600), side }).config.size;
    expect([sizeOf({}), sizeOf({}, 255), sizeOf({}, 256), sizeOf({}, 3000)]).toEqual([224, 224, 256, 256]);
    expect([
      sizeOf({ size: 96 }, 3000),
      sizeOf({ tune: 'layer4' }, 3000),
      sizeOf({ recipe: 'seed' }, 3000),
    ]).toEqual([96, 160, 128]);
    const small = chooseStrategy({}, { ...facts(600), side: 3000, learnedSize: 64 });
    expect(small.config.size).toBe(64);
    expect(small.reasons).toContain('64 px, as the network learned at that size');
    const reasonsOf = (side: number) => chooseStrategy({}, { ...facts(600), side }).reasons;
    expect(reasonsOf(3000)).toContain("256 px, as the photos' shorter side has 3000 pixels");
    expect(reasonsOf(128)).toContain("224 px, as the photos' shorter side has only 128 pixels");
  });

  it('weighs classes that differ in size', () => {
    const unbalanced = { images: 600, classes: 2, counts: [500, 100] };
    const { config, reasons } = chooseStrategy({}, unbalanced);
    expect(config.classWeights).toBe('balanced');
    expect(reasons.join('\n')).toContain('between 100 and 500 photos');
    expect(chooseStrategy({ classWeights: 'none' }, unbalanced).config.classWeights).toBe('none');
    expect(chooseStrategy({}, facts(600)).config.classWeights).toBe('none');
  });

  it('shows a head several views of augmented photos', () => {
    const { config, reasons } = chooseStrategy({ augment: 'standard' }, facts(600));
    expect(config.views).toBe(4);
    expect(reasons.join('\n')).toContain('4 views of each photo');
  });
});

describe('recipe seed', () => {
  it("is the seed's program", () => {
    const { config } = chooseStrategy({ recipe: 'seed' }, facts(600));
    expect(config).toMatchObject({
      ...{ recipe: 'seed', tune: 'layer4', size: 128, augment: 'seed', batchSize: 64, epochs: 15 },
      ...{
        optimizer: 'adam',
        lr: 1e-3,
        schedule: 'constant',
        warmupEpochs: 0,
        layerDecay: 1,
        weightDecay: 0,
      },
      ...{
        loss: 'bce',
        bn: 'batch',
        labelSmoothing: 0,
        classWeights: 'none',
        clipGrad: null,
        patience: null,
      },
    });
  });

  it('yields to what is given, and to classes that one logit cannot tell apart', () => {
    const { config, reasons } = chooseStrategy({ recipe: 'seed', epochs: 5, tune: 'head' }, facts(600, 10));
    expect(config).toMatchObject({ epochs: 5, tune: 'head', loss: 'cross-entropy' });
    expect(reasons[0]).toContain('since there are 10 classes');
  });
});

describe('phases', () => {
  const { config } = chooseStrategy({ tune: 'layer4', epochs: 6, lr: 1e-3 }, facts(600));

  it('are one, or first the head and then all that is trained at a lower rate', () => {
    expect(planPhases(config, stages)).toEqual([{ index: 0, tune: 'layer4', epochs: 6, learningRate: 1e-3 }]);
    expect(planPhases({ ...config, gradual: true }, stages)).toEqual([
      { index: 0, tune: 'head', epochs: 2, learningRate: 1e-3 },
      { index: 1, tune: 'layer4', epochs: 4, learningRate: 5e-4 },
    ]);
  });

  it('need epochs and something besides the head', () => {
    expect(() => planPhases({ ...config, gradual: true, epochs: 1 }, stages)).toThrow(
      'needs two epochs or more',
    );
    expect(() => planPhases({ ...config, gradual: true, tune: 'head' }, stages)).toThrow(
      'nothing more would follow',
    );
  });
});

describe('settings', () => {
  const { config } = chooseStrategy({}, facts(600));

  it.each([
    [{ epochs: 0 }, 'epochs is 0; it must be a whole number of at least 1.'],
    [{ batchSize: 1.5 }, 'batchSize is 1.5'],
    [{ layerDecay: 0 }, 'layerDecay is 0; it must be a number greater than 0 and at most 1.'],
    [{ labelSmoothing: 1 }, 'labelSmoothing is 1'],
    [{ clipGrad: -1 }, 'clipGrad is -1; it must be a number greater than 0, or null.'],
    [{ seed: -1 }, 'seed is -1'],
    [{ lr: undefined }, 'lr is undefined; it must be a number greater than 0.'],
    [{ optimizer: 'lion' }, 'optimizer is lion; it must be one of adam, adamw, sgd.'],
    [{ schedule: 'linear' }, 'schedule is linear; it must be one of constant, step, cosine, one-cycle.'],
    [{ loss: 'hinge' }, 'loss is hinge; it must be one of cross-entropy, bce.'],
    [{ gradual: 'no' }, 'gradual is no; it must be true or false.'],
  ])('are refused where %j', (change, message) => {
    const changed = { ...config, ...change } as TrainConfig; // as a caller without types may
    expect(() => checkSettings(changed)).toThrow(message);
  });
});
