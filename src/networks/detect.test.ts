import { describe, expect, it } from 'vitest';
import { architectureOf, catalogue, WeightsError, type StateDict } from '../weights/index.ts';
import { detectNetwork } from './detect.ts';
import { networkNames, networks } from './registry.ts';

type Shapes = Iterable<readonly [name: string, shape: readonly number[]]>;

const stateOf = (shapes: Shapes): StateDict =>
  new Map(Array.from(shapes, ([name, shape]) => [name, { shape, data: new Float32Array(1) }]));
const named = (...names: string[]): StateDict => stateOf(names.map((name) => [name, [1]]));

describe('the network in a file', () => {
  it.each(networkNames)('is told by its names and shapes, whatever its head: %s', (name) => {
    expect(detectNetwork(stateOf(networks[name].stateShapes(7)), 'm')).toBe(name);
    const old = [...networks[name].stateShapes(1000)].filter(([key]) => !key.endsWith('num_batches_tracked'));
    expect(detectNetwork(stateOf(old), 'm')).toBe(name);
  });

  it.each(networkNames)('is told though a part is missing or odd: %s', (name) => {
    const shapes = [...networks[name].stateShapes(7)].filter((_, i) => i % 5 > 0);
    expect(detectNetwork(stateOf([...shapes, ['extra', [1]]]), 'm')).toBe(name);
  });

  it.each([
    [['module.layer1.0.conv1.weight'], 'DataParallel'],
    [['features.0.weight'], 'it is not a network that graft has: its tensors are "features.0.weight"'],
    [['conv1.weight', 'fc.weight'], 'it is not a network that graft has'],
    [[], /its tensors are none, …\. Give weights of ResNet-18, .* or Wide ResNet-101-2 with torchvision/],
  ])('is refused for %j', (names, message) => {
    expect(() => detectNetwork(named(...names), 'w.pth')).toThrow(WeightsError);
    expect(() => detectNetwork(named(...names), 'w.pth')).toThrow(message);
  });
});

it.each(catalogue)('is in the registry for each file of the catalogue: $name', (entry) => {
  expect(networkNames).toContain(architectureOf(entry));
});
