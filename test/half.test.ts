/** A network stored in f16: what it answers, what it takes, what comes back from it, and what it refuses. */
import { afterEach, beforeAll, expect, it } from 'vitest';
import { batchNorm, conv2d, linear, Tensor } from '../src/autograd/all.ts';
import type { Gpu } from '../src/gpu/index.ts';
import { hasHalf } from '../src/kernels/dtype.ts';
import { resnet18, type ResNet } from '../src/networks/index.ts';
import { createRandom } from '../src/random.ts';
import { answer } from '../src/train/index.ts';
import { testGpu } from './support/gpu.ts';
import { toHalf } from './support/half.ts';
import { expectClose, noise } from './support/kernels.ts';

/**
 * Weights and activations of 20 convolutions are rounded, by at most 2^-11 of each: of errors with random signs some 40 add up
 * to 2e-3 of the logits' root mean square, and the worst of 20 logits has three times that.
 */
const LOGITS = { relative: 6e-3 };

let gpu: Gpu;
let model: ResNet;
const present = hasHalf(await testGpu());
if (!present) console.warn('Skipped: a network in f16 needs an adapter with shader-f16.');

beforeAll(async () => {
  gpu = await testGpu();
});
afterEach(() => model.dispose());

/** A network with random weights, ready for `half`. */
function frozen(): ResNet {
  model = resnet18(gpu, 10).eval();
  model.initialise(createRandom(3));
  for (const parameter of model.parameters()) parameter.requiresGrad = false;
  return model;
}

const images = () => new Tensor(gpu, [2, 64, 64, 3], gpu.upload(noise(2 * 64 * 64 * 3, 1)));
const logits = () => gpu.scope(() => model.forward(images()).read());

it.skipIf(!present)('answers as the network in f32 does but for rounding, in half the bytes', async () => {
  const bytes = () => filterBytes(model);
  frozen();
  const [expected, before] = [await logits(), bytes()];
  model.half();
  const actual = await logits();
  expect(actual).not.toEqual(expected);
  expectClose(actual, expected, LOGITS);
  expect(bytes() * 2).toBe(before);
  const { shape, dtype } = await gpu.scope(() =>
    model.layer1.forward(new Tensor(gpu, [1, 8, 8, 64], gpu.temporary(8192), false, 'f16')),
  );
  expect({ shape, dtype }).toEqual({ shape: [1, 8, 8, 64], dtype: 'f16' });
});

const train = (parameter: { requiresGrad: boolean }): void => {
  parameter.requiresGrad = true;
};

/** Of all convolutions' weights. */
function filterBytes(network: ResNet): number {
  const weights = network.parameters().filter(({ layout }) => layout === 'OIHW');
  return weights.reduce((sum, { storage }) => sum + storage.bytes, 0);
}

it.skipIf(!present)('reads back as f32, rounded where it was stored in f16, and loads again', async () => {
  frozen();
  const before = await model.stateDict();
  model.half();
  const after = await model.stateDict();
  for (const [name, { shape, data }] of before) {
    if (!/^(conv1|bn1|layer4\.0\.downsample|fc)\b/.test(name)) continue;
    const expected = shape.length === 4 ? toHalf(data).numbers : data;
    expectClose(after.get(name)?.data ?? [], expected, { relative: shape.length === 4 ? 2 ** -10 : 0 }, name);
  }
  const weight = model.conv1.weight.fileShape;
  model.conv1.weight.load({ shape: weight, data: new Float32Array(9408).fill(0.5) });
  expect((await model.conv1.weight.save()).data).toEqual(new Float32Array(9408).fill(0.5));
});

it('refuses a network with trained parameters, and leaves it as it was', () => {
  frozen().layer2.parameters().forEach(train);
  expect(() => model.half()).toThrow(/half\(\): layer2\.0\.conv1\.weight is trained/);
  expect(model.parameters().every(({ dtype }) => dtype === 'f32')).toBe(true);
});

it.skipIf(!present)('says so where its numbers exceed what f16 holds', async () => {
  frozen().half();
  const pixels = { width: 32, height: 32, data: new Uint8Array(32 * 32 * 3).fill(255) };
  await expect(answer(model, pixels, 1, 'cross-entropy')).resolves.toHaveLength(1);
  model.bn1.bias.load({ shape: [64], data: new Float32Array(64).fill(70_000) });
  await expect(answer(model, pixels, 1, 'cross-entropy')).rejects.toThrow(/exceed 65,504/);
});

it('is refused by name where an operation has no path for it, and where a gradient is wanted', () => {
  const { weight } = frozen().conv1;
  const half = (shape: number[], requiresGrad = false) =>
    new Tensor(gpu, shape, gpu.temporary(256), requiresGrad, 'f16');
  const single = (shape: number[], requiresGrad = false) =>
    new Tensor(gpu, shape, gpu.temporary(256), requiresGrad);
  const [x, vector] = [half([1, 2, 2, 4]), single([4])];
  const norm = {
    mode: 'batch',
    runningMean: vector.storage,
    runningVar: vector.storage,
    eps: 1,
    momentum: 0,
  } as const;
  expect(() => linear(half([1, 4]), single([2, 4]), single([2]))).toThrow('linear takes f32 alone');
  expect(() => batchNorm(x, vector, vector, norm)).toThrow('batchNorm takes f32 alone');
  expect(() => conv2d(half([1, 8, 8, 3]), weight)).toThrow('x is stored in f16, but the weight in f32');
  expect(() => conv2d(x, half([1, 1, 4, 4], true))).toThrow('conv2d: there are no gradients in f16');
});
