/** What a training step costs and leaves behind, by count: freezing must pay, and nothing may leak. */
import { describe, expect, it } from 'vitest';
import { backward, crossEntropy, Tensor } from '../src/autograd/index.ts';
import type { Gpu, GpuStatistics } from '../src/gpu/index.ts';
import { isWithin, resnet18, type HostTensor, type ResNet } from '../src/nn/index.ts';
import { Adam } from '../src/optim/index.ts';
import { createRandom } from '../src/random.ts';
import { testGpu } from './support/gpu.ts';
import { noise } from './support/kernels.ts';

const BATCH = 4;
const PIXELS = 32;

const trainedParts = { head: ['fc'], layer4: ['layer4', 'fc'], all: [''] } as const;
type Tune = keyof typeof trainedParts;

/** A ResNet-18 from random weights with only some parts trained, on a `Gpu` of its own. */
async function setUp(tune: Tune): Promise<{ gpu: Gpu; model: ResNet; step: () => Promise<number> }> {
  const gpu = await testGpu();
  const model = resnet18(gpu, 2);
  model.initialise(createRandom(7));
  model.train();
  for (const [name, parameter] of model.namedParameters()) {
    parameter.requiresGrad = trainedParts[tune].some((part) => isWithin(name, part));
  }
  const optimizer = new Adam(model.parameters());
  const images = noise(BATCH * PIXELS * PIXELS * 3, 1);
  const step = async () => {
    const [loss = NaN] = await gpu.scope(() => {
      const logits = model.forward(new Tensor(gpu, [BATCH, PIXELS, PIXELS, 3], gpu.upload(images)));
      const { loss } = crossEntropy(logits, gpu.upload(Uint32Array.of(0, 1, 1, 0)));
      optimizer.zeroGrad();
      backward(loss);
      optimizer.step();
      return loss.read();
    });
    return loss;
  };
  return { gpu, model, step };
}

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
      costs
        .map((c) => `${c.tune}: ${c.dispatches} dispatches, ${(c.bytes / 2 ** 20).toFixed(1)} MiB`)
        .join('\n'),
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

describe('200 steps', () => {
  it('leave buffers and bytes unchanged, and learn', async () => {
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
    expect(last).toBeLessThan(first / 10);
  }, 1_200_000);
});
