/** What a training step costs and leaves behind, by count: freezing must pay, and nothing may leak. */
import { describe, expect, it } from 'vitest';
import { totalNeeded, type NeededMemory } from '../src/bench/benchmark.ts';
import { neededMemory } from '../src/bench/models/memory.ts';
import { backward, crossEntropy, Tensor } from '../src/autograd/index.ts';
import type { Gpu, GpuStatistics } from '../src/gpu/index.ts';
import { resnet18, type ResNet } from '../src/networks/index.ts';
import { isWithin, type HostTensor } from '../src/nn/index.ts';
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
): Promise<{ gpu: Gpu; model: ResNet; step: () => Promise<number>; needed: () => Promise<NeededMemory> }> {
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
  const photos = () => new Tensor(gpu, [batch, pixels, pixels, 3], gpu.upload(images));
  const forward = (x: Tensor) => crossEntropy(model.forward(x), gpu.upload(labels)).loss;
  const learn = (loss: Tensor) => {
    optimizer.zeroGrad();
    backward(loss);
    optimizer.step();
  };
  const step = async () => {
    const [loss = NaN] = await gpu.scope(() => {
      const loss = forward(photos());
      learn(loss);
      return loss.read();
    });
    return loss;
  };
  /** Takes a step, and watches it. */
  const needed = () =>
    gpu.scope(() => {
      const x = photos();
      return neededMemory(gpu, model, [x.storage], () => forward(x), learn);
    });
  return { gpu, model, step, needed };
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
 * MiB that Winograd may hold beside activations: a transformed weight's part, and those of an image's input, output or gradient. On
 * GPUs, whose parts are larger, this test has not run.
 */
const TRANSFORMED = 18 + 2 * 16;

describe('memory of a step of 32 images of 128 px', () => {
  it.each(['head', 'layer4', 'all'] as const)(
    'is little more than what any engine needs for %s',
    async (tune) => {
      const { gpu, model, needed: watchStep } = await setUp(tune, USUAL);
      const needed = await watchStep();
      const { bytes, persistentBytes, leastBytes } = gpu.statistics;
      const total = totalNeeded(needed);
      const parts = [needed.parameters, needed.optimizer, needed.activations, needed.passing];
      console.log(
        `${tune}: ${mebibytes(bytes)} MiB, ${(bytes / total).toFixed(2)}× the ${mebibytes(total)} needed (${parts.map(mebibytes).join(' + ')})`,
      );
      // What lasts between steps is what the account says, but for Adam's table of groups and numbers of batches.
      expect(persistentBytes).toBeLessThan(1.02 * (needed.parameters + needed.optimizer));
      expect(leastBytes).toBeLessThan(total + TRANSFORMED * 2 ** 20);
      expect(bytes).toBeLessThan(1.3 * total);
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
