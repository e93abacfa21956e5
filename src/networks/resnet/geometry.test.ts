import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { isInStage } from '../../nn/index.ts';
import { networks } from '../registry.ts';
import type { ResNetName } from './geometry.ts';

/** `len(torchvision.models.NAME().state_dict())`, and the sum of its parameters' sizes, as torchvision documents them. */
const torchvision: Readonly<Record<ResNetName, readonly [tensors: number, parameters: number]>> = {
  resnet18: [122, 11_689_512],
  resnet34: [218, 21_797_672],
  resnet50: [320, 25_557_032],
  resnet101: [626, 44_549_160],
  resnet152: [932, 60_192_808],
  wide_resnet50_2: [320, 68_883_240],
  wide_resnet101_2: [626, 126_886_696],
};

describe.each(Object.entries(torchvision))('%s', (name, [tensors, parameters]) => {
  const network = networks[name as ResNetName];

  it('has as many tensors and parameters as the paper', () => {
    const shapes = [...network.stateShapes(1000)];
    const isParameter = (key: string) => !/running_|num_batches/.test(key);
    const sizes = shapes.flatMap(([key, shape]) =>
      isParameter(key) ? [shape.reduce((product, side) => product * side, 1)] : [],
    );
    expect(shapes).toHaveLength(tensors);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(parameters);
  });

  it('is built with the names, shapes and order of the table', async () => {
    const gpu = await testGpu();
    let built = new Map<string, readonly number[]>();
    gpu.rehearse(() => (built = network.create(gpu, 7).stateShapes())); // whose memory is never made
    expect([...built]).toEqual([...network.stateShapes(7)]);
  });

  it('has every parameter in one stage, of which the last is the head', () => {
    const keys = [...network.stateShapes(2).keys()];
    for (const key of keys) expect(network.stages.filter((stage) => isInStage(key, stage))).toHaveLength(1);
    expect(network.stages.at(-1)).toEqual({ name: 'head', modules: [network.head] });
  });
});
