import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { paperGpu, type Gpu } from '../../gpu/index.ts';
import { conv2dFlops } from '../../kernels/conv2d/index.ts';
import { resnet18 } from '../../networks/index.ts';
import { convNormsOf, geometries } from '../../networks/resnet/geometry.ts';
import { createRandom } from '../../random.ts';
import { InputSource } from '../inputs/run-inputs.ts';
import { fineTune } from '../loop/fine-tune.ts';
import { outputsOf } from '../loop/loss-kinds.ts';
import { settingDefaults, type TrainConfig } from '../settings/config.ts';
import { colouredNoise, testSettings } from '../testing.ts';
import { costOf, largestBatch } from './cost.ts';

/** A batch that is smaller, or whose photos lie in two places, has its temporaries placed a little otherwise. */
const WITHIN = 0.01;

const paper = () => paperGpu({ software: false, subgroupSize: 32 });
const photos = { train: 16, valid: 8, classes: 2 };
const config: TrainConfig = { ...settingDefaults, ...testSettings, size: 32, augment: 'standard', views: 2 };

/** What the engine has allocated in the end of a run of two epochs, and what it froze. */
async function trained(gpu: Gpu, changed: Partial<TrainConfig>, imageBudgetBytes?: number) {
  const settings = { ...config, ...changed };
  const room = settings.augment === 'none' ? 32 : Math.round((32 * 150) / 128);
  const sets = { train: colouredNoise(16, room, 1), valid: colouredNoise(8, 32, 2) };
  gpu.trim();
  const before = gpu.statistics;
  const model = resnet18(gpu, outputsOf(settings.loss, 2));
  model.initialise(createRandom(1));
  const source = new InputSource(model, sets, settings, { imageBudgetBytes });
  let [bytes, persistentBytes] = [0, 0];
  const frozen: unknown[] = [];
  await fineTune(model, (phase) => source.forPhase(phase), settings, {
    onPhase: (event) => frozen.push(event.frozen),
    onStep() {
      const { statistics } = gpu;
      persistentBytes = statistics.persistentBytes - before.persistentBytes;
      bytes = Math.max(bytes, statistics.bytes - before.bytes);
    },
  });
  source.dispose();
  model.dispose();
  await gpu.finish();
  return { bytes, persistentBytes, frozen };
}

describe('the cost of a run', () => {
  it.each([
    ['head, on features', { tune: 'head' }],
    ['head, on plain features', { tune: 'head', augment: 'none' }],
    ['head, on images', { tune: 'head', views: 0 }],
    ['layer4', { tune: 'layer4', optimizer: 'adamw', clipGrad: 1 }],
    ['layer3 and later', { tune: 'layer3,layer4,head', optimizer: 'sgd' }],
    ['all', { tune: 'all' }],
    ['all, by the statistics of batches', { tune: 'all', bn: 'batch', accumulate: 3, batchSize: 4 }],
    ['all, head first', { tune: 'all', gradual: true }],
    ['one logit', { tune: 'layer4', loss: 'bce' }],
  ] satisfies [string, Partial<TrainConfig>][])(
    'is what the engine then allocates: %s',
    async (_, changed) => {
      const gpu = await testGpu();
      const cost = costOf(gpu, 'resnet18', { ...config, ...changed }, photos);
      const real = await trained(gpu, changed);
      expect(cost.phases.map(({ frozen }) => frozen)).toEqual(real.frozen);
      expect(cost.phases.at(-1)?.persistentBytes).toBe(real.persistentBytes);
      expect(Math.abs(cost.bytes / real.bytes - 1)).toBeLessThan(WITHIN);
    },
  );

  it('is so where the last batch is smaller', async () => {
    const gpu = await testGpu();
    const settings = { ...config, batchSize: 6 };
    const { bytes, phases } = costOf(gpu, 'resnet18', settings, photos);
    const real = await trained(gpu, settings);
    expect(phases[0].persistentBytes).toBe(real.persistentBytes);
    expect(Math.abs(bytes / real.bytes - 1)).toBeLessThan(WITHIN);
  });

  it('is so where a part of the photos has no room on the GPU', async () => {
    const gpu = await testGpu();
    const budget = 40_000; // a few photos of 38 × 38
    const { bytes, phases } = costOf(gpu, 'resnet18', config, photos, { imageBudgetBytes: budget });
    const real = await trained(gpu, {}, budget);
    expect(phases[0].inputBytes).toBeGreaterThan(0);
    expect(phases[0].inputBytes).toBeLessThanOrEqual(budget);
    expect(phases[0].persistentBytes).toBe(real.persistentBytes);
    expect(Math.abs(bytes / real.bytes - 1)).toBeLessThan(WITHIN);
  });

  const at224 = { ...config, size: 224, views: 0, batchSize: 1, augment: 'none' } as const;
  const convolutions = [...convNormsOf(geometries.resnet18)];
  /** Operations of convolutions at 224 pixels, from the table of the geometry: the side of what each sees follows from its layer. */
  const flops = (which: (name: string) => boolean = () => true): number => {
    let sum = 0;
    for (const { name, inChannels: c, outChannels: k, kernel: r, stride, padding } of convolutions) {
      const layer = Number(/^layer(\d)/.exec(name)?.[1] ?? 0);
      const side = layer === 0 ? 224 : (56 / 2 ** (layer - 1)) * stride;
      if (which(name)) sum += conv2dFlops({ n: 1, h: side, w: side, c, k, r, s: r, stride, padding });
    }
    return sum;
  };

  it('counts 1.8 billion multiplications of a photo through ResNet-18, and as many again for each gradient', () => {
    const plan = (tune: string) =>
      costOf(paper(), 'resnet18', { ...at224, tune }, { train: 1, valid: 1, classes: 1000 }).phases[0];
    const head = 2 * 512 * 1000;
    expect(flops() + head).toBe(2 * 1_814_073_344); // as everybody counts it
    const all = plan('all');
    expect(all.validation).toEqual({ forward: flops() + head, backward: 0 });
    expect(all.step.forward).toBe(flops() + head);
    expect(all.step.backward).toBe(2 * (flops() + head) - flops((name) => name === 'conv1')); // images need none
    const last = plan('layer4');
    const isLast = (name: string) => name.startsWith('layer4');
    const noGradient = flops((name) => /^layer4\.0\.(conv1|downsample)/.test(name)); // what comes in is frozen
    expect(last.step.forward).toBe(flops() + head);
    expect(last.step.backward).toBe(2 * (flops(isLast) + head) - noGradient);
  });

  it('counts the trunk once for each look where its features are kept, and then the head alone', () => {
    const settings = {
      ...at224,
      tune: 'head',
      augment: 'standard',
      views: 3,
      batchSize: 4,
      accumulate: 2,
    } as const;
    const { phases } = costOf(
      paper(),
      'resnet18',
      { ...settings, epochs: 5 },
      { train: 20, valid: 6, classes: 10 },
    );
    const [{ features, step, steps, validation, inputBytes, frozen }] = phases;
    expect(features).toEqual({ forward: flops() * (3 * 20 + 6), backward: 0 });
    expect(steps).toBe(3);
    expect(step).toEqual({ forward: 2 * 4 * 2 * 512 * 10, backward: 2 * 4 * 2 * 512 * 10 });
    expect(validation).toEqual({ forward: 6 * 2 * 512 * 10, backward: 0 });
    expect(inputBytes).toBe(66 * 512 * 4);
    expect(frozen).toEqual({ parts: ['fc'], trained: 5130, frozen: 11_176_512 });
  });

  it('finds the largest batch that fits, and none where two photos do not', () => {
    const gpu = paper();
    const many = { ...photos, train: 1000 };
    const budget = 400 * 2 ** 20;
    const of = (size: number) => costOf(gpu, 'resnet18', { ...config, batchSize: size }, many).bytes;
    const batchSize = largestBatch(of, budget) ?? 0;
    expect(of(batchSize)).toBeLessThanOrEqual(budget);
    expect(of(2 * batchSize)).toBeGreaterThan(budget);
    expect(largestBatch(of, of(2) / 2)).toBeUndefined();
    expect(largestBatch(of, Infinity)).toBe(1024);
  });

  it('takes a batch that the adapter cannot bind for one that does not fit', () => {
    const gpu = paper(); // binds 128 MiB: 64 photos of 224 pixels behind the stem have 196
    const big = { ...config, size: 224 };
    const many = { ...photos, train: 1000 };
    const of = (batchSize: number) => costOf(gpu, 'resnet18', { ...big, batchSize }, many).bytes;
    expect(largestBatch(of, Infinity)).toBeLessThan(1024);
  });

  it('leaves the device as it was', async () => {
    const gpu = await testGpu();
    await gpu.finish();
    const before = gpu.statistics;
    const { autotuned } = gpu;
    costOf(gpu, 'resnet18', config, photos);
    await gpu.finish();
    expect(gpu.statistics).toEqual(before);
    expect(gpu.autotuned).toBe(autotuned);
  });
});
