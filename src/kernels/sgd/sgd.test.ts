import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { sgdInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { evenGroups, expectClose, runKernels } from '../../../test/support/kernels.ts';
import { cases, type SgdCase } from './cases.ts';
import { sgd, type SgdOptions } from './index.ts';
import * as reference from './reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

/** A case's steps on the GPU. */
async function run(testCase: SgdCase, extra: Partial<SgdOptions> = {}): Promise<Float32Array> {
  const { size } = testCase;
  const inputs = sgdInputs(testCase);
  const state = { parameters: inputs.parameters, velocity: new Float32Array(size) };
  const { parameters } = await runKernels(gpu, { groups: evenGroups(size, testCase) }, state, (s) => {
    for (const g of inputs.gradients)
      sgd(gpu, { ...s, gradients: gpu.upload(g) }, size, { ...testCase, ...extra });
  });
  return parameters;
}

/** The same in float64. */
function expected(testCase: SgdCase, extra: Partial<SgdOptions> = {}): Float64Array {
  const inputs = sgdInputs(testCase);
  const parameters = Float64Array.from(inputs.parameters);
  const state = { parameters, velocity: new Float64Array(testCase.size) };
  for (const g of inputs.gradients) reference.sgd(state, g, { ...testCase, ...extra });
  return parameters;
}

// Each step rounds three times.
const tolerance = ({ steps }: SgdCase) => ({ relative: 3 * steps * 2 ** -24 });

describe('sgd', () => {
  it.each(cases)('$name', async (testCase) => {
    expectClose(await run(testCase), expected(testCase), tolerance(testCase));
  });

  it.each(cases)('$name equals PyTorch', async (testCase) => {
    expectGolden(await run(testCase), opGolden('sgd', testCase.name).get('parameters'), 1e-6);
  });

  it.each(cases)('$name scales gradients, before it adds weight decay', async (testCase) => {
    const half = { gradientScale: 0.5 };
    expectClose(await run(testCase, half), expected(testCase, half), tolerance(testCase));
  });

  it('refuses storages that are too small', async () => {
    const storages = { parameters: 4, gradients: 3, velocity: 4 };
    const short = runKernels(gpu, { groups: evenGroups(4) }, storages, (s) =>
      sgd(gpu, s, 4, { learningRate: 1, momentum: 0 }),
    );
    await expect(short).rejects.toThrow(/sgd: gradients has 12 bytes, but 4 elements need 16/);
  });
});
