import { expect, it } from 'vitest';
import { paperGpu } from './paper.ts';
import { Gpu } from './gpu.ts';
import { isSoftware, traitsOf, type AdapterInfo } from './traits.ts';

const features = (...names: GPUFeatureName[]): GPUSupportedFeatures => new Set<string>(names);

it.each<[AdapterInfo, boolean]>([
  [{ description: 'llvmpipe (LLVM 19.1.7, 256 bits)' }, true],
  [{ vendor: 'google', architecture: 'swiftshader' }, true],
  [{ vendor: 'microsoft', architecture: 'warp' }, true],
  [{ description: 'Microsoft Basic Render Driver' }, true],
  [{ vendor: 'nvidia', isFallbackAdapter: true }, true],
  [{ vendor: 'intel', architecture: 'gen-12lp' }, false],
  [{ vendor: 'apple', architecture: 'metal-3', device: '', description: '' }, false],
  [{ device: 'Warpdrive 3000' }, false],
  [{}, false],
])('%j is software: %s', (info, expected) => {
  expect(isSoftware(info)).toBe(expected);
});

it('knows the lanes of a subgroup only where there are subgroups of one size', () => {
  const lanes = { subgroupMinSize: 8, subgroupMaxSize: 8 };
  expect(traitsOf(lanes, features('subgroups')).subgroupSize).toBe(8);
  expect(traitsOf(lanes, features()).subgroupSize).toBeNull();
  expect(traitsOf({ ...lanes, subgroupMaxSize: 32 }, features('subgroups')).subgroupSize).toBeNull();
  expect(traitsOf({}, features('subgroups')).subgroupSize).toBeNull();
});

it('asks the adapter where the device does not say what it is, as in Safari', () => {
  const { device } = paperGpu({ software: true, subgroupSize: null });
  const silent = { ...device, adapterInfo: undefined } as unknown as GPUDevice;
  expect(new Gpu(silent).software).toBe(false);
  expect(new Gpu(silent, { adapterInfo: { architecture: 'swiftshader' } }).software).toBe(true);
});
