/** What a module is made of, and by which names: weights files depend on them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { noise } from '../../test/support/kernels.ts';
import type { Gpu } from '../gpu/index.ts';
import { createRandom } from '../random.ts';
import { BatchNorm2d, Conv2d, isWithin, Linear, Module } from './all.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

class Pair extends Module {
  readonly 0: Conv2d;
  readonly 1: BatchNorm2d;

  constructor() {
    super();
    this[0] = new Conv2d(gpu, 2, 3, { kernel: 1, bias: false });
    this[1] = new BatchNorm2d(gpu, 3);
  }
}

class Network extends Module {
  readonly stemConv = new Pair();
  readonly notOwned = 'a text';
  readonly fc = new Linear(gpu, 3, 2);
}

const NAMES = [
  'stem_conv.0.weight',
  'stem_conv.1.weight',
  'stem_conv.1.bias',
  'stem_conv.1.running_mean',
  'stem_conv.1.running_var',
  'stem_conv.1.num_batches_tracked',
  'fc.weight',
  'fc.bias',
];

/** A network of small values that are all different. */
function network(seed = 1): Network {
  const made = new Network();
  made.initialise(createRandom(seed));
  return made;
}

describe('names', () => {
  it('are the properties, in their order, as Python writes them', () => {
    const model = network();
    expect([...model.stateShapes().keys()]).toEqual(NAMES);
    expect([...model.namedParameters().keys()]).toEqual(NAMES.filter((name) => !/running|num/.test(name)));
    expect(model.stateShapes().get('stem_conv.0.weight')).toEqual([3, 2, 1, 1]); // [K, C, R, S], as in files
    expect(model.modules()).toEqual([model, model.stemConv, model.stemConv[0], model.stemConv[1], model.fc]);
  });

  it('choose parts of a network, at their dots', () => {
    const model = network();
    expect(model.parameters('stem_conv.1')).toEqual([model.stemConv[1].weight, model.stemConv[1].bias]);
    expect(model.parameters('stem')).toEqual([]);
    expect(model.parameters()).toHaveLength(5);
    expect(isWithin('layer4.0.conv1.weight', 'layer4')).toBe(true);
    expect(isWithin('layer40.conv1.weight', 'layer4')).toBe(false);
  });

  it('lead through train and eval to every module', () => {
    const model = network();
    expect(
      model
        .eval()
        .modules()
        .map(({ training }) => training),
    ).toEqual([false, false, false, false, false]);
    expect(model.train().stemConv[1].training).toBe(true);
  });
});

describe('a state', () => {
  it('goes from one module to another, bit for bit', async () => {
    const [from, to] = [network(1), network(2)];
    from.stemConv[1].runningMean.load({ shape: [3], data: noise(3, 5) });
    from.stemConv[1].numBatchesTracked.increment();
    const state = await from.stateDict();
    expect(state.get('stem_conv.1.num_batches_tracked')).toEqual({ shape: [], data: Float32Array.of(1) });
    expect(await to.stateDict()).not.toEqual(state);
    to.loadStateDict(state);
    expect(await to.stateDict()).toEqual(state);
  });

  it('holds convolutions as torchvision does, [K, C, R, S]', async () => {
    const conv = new Conv2d(gpu, 2, 3, { kernel: 3, bias: false });
    const weight = { shape: [3, 2, 3, 3], data: Float32Array.from({ length: 54 }, (_, i) => i) };
    conv.loadStateDict(new Map([['weight', weight]]));
    expect((await conv.stateDict()).get('weight')).toEqual(weight);
    const inside = await conv.weight.read(); // [R, S, C, K]
    expect([...inside.subarray(0, 6)]).toEqual([0, 18, 36, 9, 27, 45]);
  });

  it('keeps what is not named, ignores names that are not there, and takes frozen parameters from an earlier one', async () => {
    const model = network();
    const before = await model.stateDict();
    const bias = { shape: [2], data: Float32Array.of(7, 8) };
    model.loadStateDict(
      new Map([
        ['fc.bias', bias],
        ['fc.colour', bias],
      ]),
    );
    expect(await model.stateDict()).toEqual(new Map([...before, ['fc.bias', bias]]));
    model.fc.bias.requiresGrad = false;
    const earlier = new Map([...before].map(([name, tensor]) => [name, { ...tensor }]));
    const state = await model.stateDict(earlier);
    expect(state.get('fc.bias')).toBe(earlier.get('fc.bias'));
    expect(state.get('fc.weight')).not.toBe(earlier.get('fc.weight'));
  });

  it('is refused by name where a shape differs', () => {
    const wrong = { shape: [3, 2], data: new Float32Array(6) };
    expect(() => network().loadStateDict(new Map([['fc.weight', wrong]]))).toThrow(
      new RangeError('fc.weight: Expected shape [2, 3], found [3, 2].'),
    );
  });
});

it('a module gives all its memory back', async () => {
  await gpu.finish();
  const before = gpu.statistics.bytes;
  const model = network();
  await gpu.finish();
  expect(gpu.statistics.bytes).toBeGreaterThan(before);
  model.dispose();
  await gpu.finish();
  expect(gpu.statistics.bytes).toBe(before);
});
