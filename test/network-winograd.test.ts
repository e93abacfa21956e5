/**
 * The networks equal PyTorch where every convolution that can be computed by Winograd is, with tiles of 4×4, whose rounding
 * errors are the largest. The rule takes it for larger batches than the goldens have, so memory traffic costs nothing here.
 */
import { expect, it, vi } from 'vitest';
import { chooseAlgorithm, forwardPass } from '../src/kernels/conv2d/index.ts';
import { resnet18Cases } from '../src/kernels/conv2d/cases.ts';
import { testGpu } from './support/gpu.ts';
import { describeNetworkParity } from './support/network-parity.ts';

vi.mock('../src/kernels/conv2d/winograd/cost.ts', () => ({
  FLOPS_PER_BYTE: { software: 0, gpu: 0 },
  winogradCost: (_shape: unknown, m: number) => 1 / m,
  directCost: () => 1,
}));

it('chooses Winograd for every 3×3 convolution of stride 1', async () => {
  const gpu = await testGpu();
  const suitable = resnet18Cases({ batch: 4, size: 64 }).filter(({ r, stride }) => r === 3 && stride === 1);
  expect(suitable).toHaveLength(4);
  for (const shape of suitable)
    expect(chooseAlgorithm(gpu, forwardPass, shape).name).toMatch(/^winograd 4×4/);
});

describeNetworkParity(['resnet18', 'resnet34']);
