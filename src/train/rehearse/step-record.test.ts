/** A recorded step is what the engine does: the same dispatches, the same memory. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { paperGpu, type Gpu } from '../../gpu/index.ts';
import { networks, type NetworkName } from '../../networks/index.ts';
import { createRandom } from '../../random.ts';
import { testSettings } from '../testing.ts';
import type { TrainConfig } from '../settings/config.ts';
import { blankImages } from './rehearsal.ts';
import { stepOf } from './step.ts';
import { recordStep, type StepRecord } from './step-record.ts';

const CLASSES = 5;
const base: TrainConfig = {
  ...testSettings,
  ...{ data: null, weights: 'none', recipe: 'default', validFraction: 0.2, labels: null },
  ...{ labelsFromNames: false, shrinkFrom: null, size: 48, augment: 'standard', views: 0 },
  ...{ epochs: 1, batchSize: 6 },
};

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const record = (given: Partial<TrainConfig>) => recordStep(gpu, 'resnet18', CLASSES, { ...base, ...given });
const passes = ({ operations }: StepRecord, pass: string) => operations.filter((one) => one.pass === pass);

/** What a step of a real network, with memory of its own, does. */
async function real(given: Partial<TrainConfig>, network: NetworkName = 'resnet18') {
  await gpu.finish(); // what an earlier one left is released
  const { persistentBytes } = gpu.statistics;
  const model = networks[network].create(gpu, CLASSES);
  model.initialise(createRandom(1));
  const config = { ...base, ...given };
  const step = stepOf(model, config, blankImages(config, config.batchSize));
  await gpu.finish();
  gpu.trim();
  const before = gpu.statistics;
  await step();
  await gpu.finish();
  const after = gpu.statistics;
  model.dispose();
  return {
    dispatches: after.dispatches - before.dispatches,
    workspace: after.bytes - before.bytes,
    peak: after.leastBytes - after.persistentBytes,
    lasting: after.persistentBytes - persistentBytes,
  };
}

describe('a recorded step', () => {
  it.each([
    ['head', 2],
    ['layer4', 13],
    ['all', 44],
  ])(
    'of %s has the dispatches and the memory of one that is run, and %i nodes on its tape',
    async (tune, nodes) => {
      const step = record({ tune });
      const { dispatches, workspace, peak, lasting } = await real({ tune });
      expect(step.dispatches).toHaveLength(dispatches);
      expect(step.workspace.reduce((sum, bytes) => sum + bytes, 0)).toBe(workspace);
      expect(step.peakBytes).toBe(peak);
      expect(step.persistentBytes).toBe(lasting);
      expect(passes(step, 'backward')).toHaveLength(nodes);
      expect(passes(step, 'forward').filter(({ onTape }) => onTape)).toHaveLength(nodes);
    },
  );

  it('of a network whose code comes late equals one that is run, once it is here', async () => {
    const network = 'mobilenet_v3_small';
    const config = { ...base, tune: 'stage4', batchSize: 2, size: 32 };
    await networks[network].ready();
    const step = recordStep(gpu, network, CLASSES, config);
    const { dispatches, peak, lasting } = await real(config, network);
    expect(step.dispatches).toHaveLength(dispatches);
    expect([step.peakBytes, step.persistentBytes]).toEqual([peak, lasting]);
    const depthwise = step.operations.find(
      ({ module, pass }) => module === 'features.10.block.1.0' && pass === 'forward',
    );
    // 2 photos of 1 × 1 in 576 channels, each by its own 5 × 5.
    expect(depthwise).toMatchObject({ op: 'groupedConv2d', stage: 'stage4', onTape: true });
    expect(depthwise?.work.flops).toBe(2 * 2 * 576 * 5 * 5);
    expect(depthwise?.convolution).toBeUndefined();
  });

  it('leaves nothing behind', () => {
    const before = gpu.statistics;
    record({ tune: 'all' });
    expect(gpu.statistics).toEqual(before);
    expect(gpu.onPart).toBeUndefined();
  });

  it('knows of every command to which operation it belongs', () => {
    const { operations, dispatches, commands } = record({ tune: 'layer4' });
    expect(operations.map(({ from }) => from)).toEqual([0, ...operations.map(({ to }) => to).slice(0, -1)]);
    expect(operations.at(-1)?.to).toBe(commands);
    for (const { command, operation } of dispatches) {
      const { from = Infinity, to = 0 } = operations[operation] ?? {};
      expect(from <= command && command < to).toBe(true);
    }
    expect([...new Set(operations.map(({ pass }) => pass))]).toEqual([
      ...['input', 'forward', 'backward', 'update', 'read'],
    ]);
  });

  it('names operations by their modules, stages and shapes', () => {
    const step = record({ tune: 'layer4' });
    const [stem] = passes(step, 'forward');
    expect(stem).toMatchObject({ op: 'conv2dBatchNorm', module: 'conv1', stage: 'stem', onTape: false });
    expect(stem?.shape).toEqual([6, 24, 24, 64]);
    const trained = step.operations.find(({ module }) => module === 'layer4.0.conv1');
    expect(trained).toMatchObject({ op: 'conv2d', stage: 'layer4', onTape: true, shape: [6, 2, 2, 512] });
    expect(passes(step, 'forward').at(-1)).toMatchObject({ op: 'loss', stage: undefined, shape: [] });
  });

  it('joins the passes of an operation', () => {
    const { operations } = record({ tune: 'layer4' });
    for (const [i, { pass, partner, onTape, op, module }] of operations.entries()) {
      if (pass === 'forward' && !onTape) expect(partner).toBeUndefined();
      if (partner === undefined) continue;
      expect(operations[partner]).toMatchObject({ partner: i, op, module });
      expect(operations[partner]?.pass).not.toBe(pass);
    }
  });

  it('tells for what each temporary is kept alive', () => {
    const { boxes, operations, workspace } = record({ tune: 'layer4' });
    for (const { users, first, last, buffer, offset, bytes } of boxes) {
      const [maker, user] = [operations[users[0]], operations[users.at(-1) ?? -1]];
      // What the host writes goes out before everything else.
      expect(first === 0 || (maker && maker.from <= first && first < maker.to)).toBe(true);
      expect(user && user.from <= last && last < user.to).toBe(true);
      expect(offset + bytes).toBeLessThanOrEqual(workspace[buffer] ?? 0);
    }
    // The first convolution of layer4 needs its input again for the gradient of its weight, long after the forward pass.
    const back = operations.findIndex(
      ({ pass, module }) => pass === 'backward' && module === 'layer4.0.conv1',
    );
    const input = boxes.find(
      ({ users }) => users.includes(back) && operations[users[0]]?.module === 'layer3.1.conv2',
    );
    expect(input?.label).toBe('activation');
  });

  it('of features that are computed once has the head alone', () => {
    const { operations } = record({ tune: 'head', views: 1 });
    expect(operations.map(({ pass, module }) => module ?? pass)).toEqual([
      ...['input', 'fc', 'forward', 'backward', 'fc', 'update', 'read'],
    ]);
  });
});

describe('the work of an operation', () => {
  it('is that of the plain formula, whatever the algorithm', () => {
    const { operations } = record({ tune: 'layer4' });
    const of = (module: string, pass: string) =>
      operations.find((one) => one.module === module && one.pass === pass)?.work;
    // 6 photos of 48 pixels: the stem makes 24 × 24 × 64 numbers of 7 × 7 × 3 products each.
    const [photos, weight, result] = [6 * 48 * 48 * 3 * 4, 7 * 7 * 3 * 64 * 4, 6 * 24 * 24 * 64 * 4];
    expect(of('conv1', 'forward')?.flops).toBe(2 * (result / 4) * 7 * 7 * 3);
    // Beside these the fused norm reads four numbers a channel.
    expect(of('conv1', 'forward')?.bytes).toBe(photos + weight + result + 4 * 64 * 4);
    // The first convolution of layer4 hands no gradient on; the second does.
    const forward = (module: string) => of(module, 'forward')?.flops ?? NaN;
    expect(of('layer4.0.conv1', 'backward')?.flops).toBe(forward('layer4.0.conv1'));
    expect(of('layer4.0.conv2', 'backward')?.flops).toBe(2 * forward('layer4.0.conv2'));
    expect(of('fc', 'forward')?.flops).toBe(2 * 6 * 512 * CLASSES);
  });

  it('is the same without Winograd, whose transforms live within an operation', () => {
    const [wide, plain] = [
      { software: true, subgroupSize: 8 },
      { batchSize: 8, size: 128, tune: 'all' },
    ] as const;
    const recorded = (without: readonly string[]) =>
      recordStep(paperGpu(wide, { without }), 'resnet18', CLASSES, { ...base, ...plain });
    const [winograd, direct] = [recorded([]), recorded(['winograd'])];
    const names = ({ dispatches }: StepRecord) => dispatches.map(({ kernel }) => kernel.name).join();
    expect(names(winograd)).toContain('winograd');
    expect(names(direct)).not.toContain('winograd');
    expect(direct.operations.map(({ work }) => work)).toEqual(winograd.operations.map(({ work }) => work));
  });
});
