/** Batch norm inside the convolution's kernel: the same numbers as one after the other, whatever changed in between. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { expectClose, noise } from '../../test/support/kernels.ts';
import { backward, crossEntropy, Tensor } from '../autograd/all.ts';
import type { Gpu } from '../gpu/index.ts';
import { Adam } from '../optim/index.ts';
import { createRandom } from '../random.ts';
import { resnet18, resnet34, type ResNet } from '../networks/index.ts';
import { BatchNorm2d } from './index.ts';

/** What logits may differ by: the same sums, scaled and shifted with one rounding less. */
const LOGITS = { relative: 1e-5 };

let gpu: Gpu;
let model: ResNet | undefined;

beforeAll(async () => {
  gpu = await testGpu();
});
afterEach(() => {
  model?.dispose();
  model = undefined;
});

/** A network whose statistics and affine maps are all different from their start. */
function build(architecture: typeof resnet18): ResNet {
  model = architecture(gpu, 10);
  model.initialise(createRandom(3));
  [...model.modules()].forEach((module, i) => {
    if (!(module instanceof BatchNorm2d)) return;
    const tensor = (scale: number, offset: number, seed: number) => ({
      shape: module.weight.fileShape,
      data: noise(module.weight.size, seed + i, scale, offset),
    });
    module.weight.load(tensor(0.3, 0.8, 100));
    module.bias.load(tensor(0.2, 0, 200));
    module.runningMean.load(tensor(0.3, 0, 300));
    module.runningVar.load(tensor(0.5, 1.5, 400));
  });
  return model;
}

const images = (seed = 1) => new Tensor(gpu, [2, 64, 64, 3], gpu.upload(noise(2 * 64 * 64 * 3, seed)));

const logits = (model: ResNet) => gpu.scope(() => model.forward(images()).read());

/** The logits with every convolution and batch norm run one after the other. */
async function logitsOneByOne(model: ResNet): Promise<Float32Array> {
  const norms = model.modules().filter((module) => module instanceof BatchNorm2d);
  for (const norm of norms) norm.fused = false;
  const values = await logits(model);
  for (const norm of norms) norm.fused = true;
  return values;
}

async function trainOneStep(model: ResNet): Promise<void> {
  const optimizer = new Adam(model.parameters(), { learningRate: 1e-2 });
  await gpu.scope(() => {
    const { loss } = crossEntropy(model.forward(images(2)), gpu.upload(Uint32Array.of(1, 7)));
    backward(loss);
    optimizer.step();
  });
  optimizer.dispose();
}

describe.each([
  ['ResNet-18', resnet18],
  ['ResNet-34', resnet34],
] as const)('%s in evaluation', (_name, architecture) => {
  it('gives the logits of one operation after the other', async () => {
    const model = build(architecture).eval();
    expectClose(await logits(model), await logitsOneByOne(model), LOGITS);
  });
});

describe('what a fused layer computes with', () => {
  it.each<[string, (model: ResNet) => Promise<void> | void]>([
    [
      'loaded weights',
      (model) => model.conv1.weight.load({ shape: [64, 3, 7, 7], data: noise(9408, 9, 0.1) }),
    ],
    ['a loaded affine map', (model) => model.bn1.bias.load({ shape: [64], data: noise(64, 9) })],
    ['loaded statistics', (model) => model.bn1.runningMean.load({ shape: [64], data: noise(64, 9) })],
    ['fresh values', (model) => model.initialise(createRandom(4))],
    ['a training step', (model) => trainOneStep(model.train()).then(() => void model.eval())],
    [
      'statistics that move under frozen parameters',
      async (model) => {
        for (const module of model.train().modules())
          if (module instanceof BatchNorm2d) module.frozenStatistics = 'batch';
        for (const parameter of model.parameters()) parameter.requiresGrad = false;
        await logits(model);
        model.eval();
      },
    ],
  ])('is current after %s', async (_what, change) => {
    const model = build(resnet18).eval();
    const before = await logits(model);
    await change(model);
    const after = await logits(model);
    expect(after).not.toEqual(before);
    expectClose(after, await logitsOneByOne(model), LOGITS);
  });
});

describe('a frozen trunk in training', () => {
  it('takes one kernel a layer, and none of it is recorded on the tape', async () => {
    const model = build(resnet18).train();
    for (const [name, parameter] of model.namedParameters()) parameter.requiresGrad = name.startsWith('fc.');
    await gpu.scope(() => expect(model.features(images()).node).toBeUndefined());
    const names = gpu.rehearse(() => void model.features(images())).map(({ name }) => name);
    const runs = (pattern: RegExp) => names.filter((name) => pattern.test(name)).length;
    // Where sums are stored, and only there: however many kernels a convolution's algorithm takes before.
    expect(runs(/^conv2d\.(forward|winograd\.output).* \+ norm/)).toBe(20);
    expect(runs(/^(max|avg)-pool/)).toBe(2);
    expect(names.filter((name) => !/^(conv2d|max-pool|avg-pool)\./.test(name))).toEqual([]);
  });
});
