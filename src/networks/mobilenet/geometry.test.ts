import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { isInStage } from '../../nn/index.ts';
import { networks } from '../registry.ts';
import { geometries, type MobileNetName } from './geometry.ts';

/** `len(torchvision.models.NAME().state_dict())`, and the sum of its parameters' sizes, as torchvision documents them. */
const torchvision: Readonly<Record<MobileNetName, readonly [tensors: number, parameters: number]>> = {
  mobilenet_v3_small: [244, 2_542_856],
  mobilenet_v3_large: [312, 5_483_032],
};

describe.each(Object.entries(torchvision))('%s', (key, [tensors, parameters]) => {
  const name = key as MobileNetName;
  const network = networks[name];
  beforeAll(() => network.ready());

  it('has as many tensors and parameters as torchvision says', () => {
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

  it('has every parameter in one stage, and in each stage what works at its resolution', () => {
    const keys = [...network.stateShapes(2).keys()];
    for (const key of keys) expect(network.stages.filter((stage) => isInStage(key, stage))).toHaveLength(1);
    expect(network.stages.at(-1)).toEqual({ name: 'head', modules: [network.head] });
    const ofStride = geometries[name].blocks.filter(({ stride }) => stride === 2);
    expect(network.stages.slice(1, -1).map(({ modules }) => modules[0])).toEqual(
      ofStride.map(({ name }) => name),
    );
  });
});
