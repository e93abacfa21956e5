/** Fine-tuning of a network that is none of graft's: it goes by the contract alone. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { Tensor } from '../../autograd/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { BatchNorm2d, Conv2d, convNorm, headStage, Linear, Network } from '../../nn/all.ts';
import { createRandom } from '../../random.ts';
import { imageInputs } from '../inputs/inputs.ts';
import { InputSource } from '../inputs/run-inputs.ts';
import { colouredNoise, differing, testSettings } from '../testing.ts';
import { fineTune } from './fine-tune.ts';
import { freeze } from './freeze.ts';
import { rateGroups } from './phases.ts';

const SIZE = 16;

class Small extends Network {
  readonly inputSize = SIZE;
  readonly stages = [
    { name: 'entry', modules: ['first', 'norm'] },
    { name: 'body', modules: ['second'] },
    headStage('classifier'),
  ] as const;
  readonly first: Conv2d;
  readonly norm: BatchNorm2d;
  readonly second: Conv2d;
  readonly classifier: Linear;

  constructor(
    readonly gpu: Gpu,
    classes: number,
  ) {
    super();
    this.first = new Conv2d(gpu, 3, 8, { kernel: 3, stride: 2, padding: 1, bias: false });
    this.norm = new BatchNorm2d(gpu, 8);
    this.second = new Conv2d(gpu, 8, 12, { kernel: 3, padding: 1, bias: false });
    this.classifier = new Linear(gpu, 12, classes);
  }

  get head(): Linear {
    return this.classifier;
  }

  activation(x: Tensor): Tensor {
    return this.second.forward(convNorm(this.first, this.norm, x, { relu: true }));
  }
}

let gpu: Gpu;
let model: Small;
beforeAll(async () => {
  gpu = await testGpu();
});
afterEach(() => model.dispose());

function build(): Small {
  model = new Small(gpu, 2);
  model.initialise(createRandom(1));
  return model;
}

it('is trained by its own stages, first the head and then more', async () => {
  const before = await build().stateDict();
  const sets = { train: colouredNoise(32, SIZE, 1), valid: colouredNoise(16, SIZE, 2) };
  const settings = { ...testSettings, tune: 'body', gradual: true, epochs: 6, lr: 3e-2 };
  const source = new InputSource(model, sets, { ...settings, size: SIZE, augment: 'none', views: 1 });
  const cached: number[] = [];
  const { best } = await fineTune(model, (phase) => source.forPhase(phase), settings, {
    onPhase: ({ frozen }) => cached.push(frozen.trained),
  });
  source.dispose();
  expect(best?.valid.accuracy).toBeGreaterThan(0.9);
  expect(cached).toEqual([12 * 2 + 2, 12 * 8 * 9 + 12 * 2 + 2]);
  const changed = differing(before, await model.stateDict());
  expect(changed).toEqual(['second.weight', 'classifier.weight', 'classifier.bias']);
});

it('is trained as a whole, each stage at its rate', () => {
  freeze(build(), 'all', 'running');
  const scales = rateGroups(model, 0.5).map(({ learningRateScale }) => learningRateScale);
  expect(scales).toEqual([1, 0.5, 0.25]);
  expect(model.classes).toBe(2);
  expect(model.featureCount).toBe(12);
  expect(imageInputs(model, colouredNoise(2, SIZE, 1), { size: SIZE, augment: 'none', seed: 1 }).count).toBe(
    2,
  );
});

it('is refused parts by other names, and told its own', () => {
  expect(() => freeze(build(), 'layer4', 'running')).toThrow(
    '"layer4" is not a part of the network. There are: head, body, all, first, norm, second, classifier, entry, and parts of these, such as second.',
  );
});

it('is refused where a parameter lies in no stage', () => {
  class Stray extends Small {
    readonly extra = new Linear(this.gpu, 2, 2);
  }
  model = new Stray(gpu, 2);
  freeze(model, 'all', 'running');
  expect(() => rateGroups(model, 1)).toThrow("extra.weight is in none of the network's stages");
});
