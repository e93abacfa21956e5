// In a process of its own, in which nobody has asked for the network before.
import { expect, it } from 'vitest';
import { networks } from '../src/networks/index.ts';

it('is not to be had before it is loaded, and says how', async () => {
  const network = networks.mobilenet_v3_small;
  expect(network.isReady()).toBe(false);
  expect(() => network.stateShapes(2)).toThrow('await networks.mobilenet_v3_small.ready() first');
  await network.ready();
  expect(network.isReady()).toBe(true);
  expect(network.stateShapes(2).get('classifier.3.weight')).toEqual([2, 1024]);
});
