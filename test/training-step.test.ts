/** What a training step costs and leaves behind, by count: freezing must pay, and nothing may leak. */
import { describe, expect, it } from 'vitest';
import { backward, crossEntropy, Tensor } from '../src/autograd/index.ts';
import type { Gpu, GpuStatistics } from '../src/gpu/index.ts';
import { isWithin, resnet18, type HostTensor, type ResNet } from '../src/nn/index.ts';
import { Adam } from '../src/optim/index.ts';
import { createRandom } from '../src/random.ts';
import { testGpu } from './support/gpu.ts';
import { noise } from './support/kernels.ts';

const SMALL = { batch: 4, pixels: 32 };
const USUAL = { batch: 32, pixels: 128 };

const trainedParts = { head: ['fc'], layer4: ['layer4', 'fc'], all: [''] } as const;
type Tune = keyof typeof trainedParts;

/** A ResNet-18 from random weights with only some parts trained, on a `Gpu` of its own. */
async function setUp(
  tune: Tune,
  { batch, pixels } = SMALL,
): Promise<{ gpu: Gpu; model: ResNet; step: () => Promise<number> }> {
  const gpu = await testGpu();
  const model = resnet18(gpu, 2);
  model.initialise(createRandom(7));
  model.train();
  for (const [name, parameter] of model.namedParameters()) {
    parameter.requiresGrad = trainedParts[tune].some((part) => isWithin(name, part));
  }
  const optimizer = new Adam(model.parameters());
  const images = noise(batch * pixels * pixels * 3, 1);
  const labels = Uint32Array.from({ length: batch }, (_, i) => Number(i % 3 > 0));
  const step = async () => {
    const [loss = NaN] = await gpu.scope(() => {
      const logits = model.forward(new Tensor(gpu, [batch, pixels, pixels, 3], gpu.upload(images)));
      const { loss } = crossEntropy(logits, gpu.upload(labels));
      optimizer.zeroGrad();
      backward(loss);
      optimizer.step();
      return loss.read();
    });
    return loss;
  };
  return { gpu, model, step };
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Whether two tensors are equal to the bit; a test runner's own comparison takes minutes for 45 MB. */
function sameBits(a: HostTensor, b: HostTensor | undefined): boolean {
  const bytes = ({ data }: HostTensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return b !== undefined && bytes(a).equals(bytes(b));
}

describe('freezing', () => {
  it('pays: head < layer4 < all in dispatches and in bytes', async () => {
    const costs: { tune: Tune; dispatches: number; bytes: number }[] = [];
    for (const tune of ['head', 'layer4', 'all'] as const) {
      const { gpu, step } = await setUp(tune);
      await step();
      const before: GpuStatistics = gpu.statistics;
      await step();
      const after = gpu.statistics;
      costs.push({ tune, dispatches: after.dispatches - before.dispatches, bytes: after.bytes });
    }
    const [head, layer4, all] = costs;
    console.log(
      costs.map((c) => `${c.tune}: ${c.dispatches} dispatches, ${mebibytes(c.bytes)} MiB`).join('\n'),
    );
    expect(head!.dispatches).toBeLessThan(layer4!.dispatches); // three costs were measured
    expect(layer4!.dispatches).toBeLessThan(all!.dispatches);
    expect(head!.bytes).toBeLessThan(layer4!.bytes);
    expect(layer4!.bytes).toBeLessThan(all!.bytes);
  });

  it('leaves frozen parameters and statistics as they were, to the bit, and moves the others', async () => {
    const { model, step } = await setUp('layer4');
    const before = await model.stateDict();
    await step();
    const after = await model.stateDict();
    const shortcut = await model.stateDict(before);
    for (const [name, tensor] of after) {
      const isTrained = trainedParts.layer4.some((part) => isWithin(name, part));
      expect(sameBits(tensor, before.get(name)), name).toBe(!isTrained);
      expect(sameBits(tensor, shortcut.get(name)), name).toBe(true);
    }
  });
});

/**
 * MiB of activations that 32 images of 128 px must keep at one time: where the trunk is frozen the input and the largest two
 * that follow each other, 6 + 32 + 8; where all is trained the outputs of every convolution and of every batch norm.
 */
const activations = { head: 46, layer4: 46, all: 6 + 2 * 32 + 8 + 2 * (4 * 8 + 5 * 4 + 5 * 2 + 5) };
/** MiB of one of layer4's weights transformed for Winograd, which every algorithm for it may need beside them. */
const TRANSFORMED_WEIGHT = 36;

describe('memory of a step of 32 images of 128 px', () => {
  it.each(['head', 'layer4', 'all'] as const)(
    'is little more than what %s must keep',
    async (tune) => {
      const { gpu, model, step } = await setUp(tune, USUAL);
      await step();
      const { bytes, persistentBytes, leastBytes } = gpu.statistics;
      const kept = persistentBytes + activations[tune] * 2 ** 20;
      console.log(
        `${tune}: ${mebibytes(bytes)} MiB, ${(bytes / kept).toFixed(2)}× what must be kept (${mebibytes(kept)} MiB)`,
      );
      const parameters = [...model.namedParameters().values()];
      const trained = parameters.filter(({ requiresGrad }) => requiresGrad);
      const floats = (some: readonly { size: number }[]) => some.reduce((sum, { size }) => sum + size, 0);
      // Parameters, and for those that are trained a gradient and two moments; statistics and the table of groups are small.
      expect(persistentBytes).toBeLessThan(1.02 * 4 * (floats(parameters) + 3 * floats(trained)));
      expect(leastBytes).toBeLessThan(kept + TRANSFORMED_WEIGHT * 2 ** 20);
      expect(bytes).toBeLessThan(1.3 * kept);
      gpu.trim();
      model.dispose();
      await gpu.finish();
    },
    120_000,
  );
});

describe('200 steps', () => {
  it('leave buffers and bytes unchanged, go by one plan, and learn', async () => {
    const { gpu, step } = await setUp('all');
    const first = await step();
    await step();
    const before = gpu.statistics;
    let last = first;
    for (let i = 0; i < 200; i++) last = await step();
    const after = gpu.statistics;
    expect({ buffers: after.buffers, bytes: after.bytes }).toEqual({
      buffers: before.buffers,
      bytes: before.bytes,
    });
    expect({ plans: after.plans, replays: after.replays }).toEqual({
      plans: before.plans,
      replays: before.replays + 200,
    });
    expect(last).toBeLessThan(first / 10);
  }, 1_200_000);
});
