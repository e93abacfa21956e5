import { expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { conv2dTunable } from '../../kernels/conv2d/index.ts';
import { problemsOf, type NetworkUse } from './problems.ts';

const use: NetworkUse = { architecture: 'resnet18', batchSize: 4, size: 64, tune: 'all', bn: 'running' };

/** How many convolutions of each pass come up, not counting repetitions, and with them. */
async function passesOf(changed: Partial<NetworkUse>) {
  const counts = problemsOf(await testGpu(), { ...use, ...changed });
  const passes: Record<string, [distinct: number, total: number]> = {};
  for (const [name, count] of counts) {
    const pass = / (?:.*), (norm.*)$/.exec(name)?.[1] ?? name.split(' ')[0] ?? '';
    const [distinct, total] = passes[pass] ?? [0, 0];
    passes[pass] = [distinct + 1, total + count];
  }
  return passes;
}

it('finds every convolution of a step that trains all, and of an evaluation', async () => {
  expect(await passesOf({})).toEqual({
    'conv2d.forward': [11, 20],
    'conv2d.backwardData': [10, 19], // images need no gradient
    'conv2d.backwardWeight': [11, 20],
    // The evaluation's, with batch norm in the kernel: the stem, four first and three projecting convolutions and those
    // that follow a block, the last of which add the shortcut.
    norm: [11, 12],
    'norm + residual': [4, 8],
  });
});

it('finds forward passes alone where the head is trained on a fixed trunk', async () => {
  expect(Object.keys(await passesOf({ tune: 'head' })).sort()).toEqual(['norm', 'norm + residual']);
});

it('computes nothing, and leaves the device as it was', async () => {
  const gpu = await testGpu();
  const { dispatches } = gpu.statistics;
  const tuning = { get: () => undefined };
  gpu.autotuned = tuning;
  const names = [...problemsOf(gpu, use).keys()];
  expect(gpu.autotuned).toBe(tuning);
  expect(names.every((name) => conv2dTunable(gpu, name) !== undefined)).toBe(true);
  await gpu.finish();
  expect(gpu.statistics.dispatches).toBe(dispatches);
});
