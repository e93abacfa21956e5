import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { groupedConv2dInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { oihwToRsck, rsckToOihw } from '../conv2d/index.ts';
import { sumTolerance } from '../conv2d/reference.ts';
import * as general from './general/run.ts';
import { cases } from './cases.ts';
import * as depthwise from './depthwise/run.ts';
import {
  groupedBackwardData,
  groupedBackwardWeight,
  groupedForward,
  type GroupedConv2dShape,
} from './index.ts';
import * as reference from './reference.ts';
import { elementsOf, termsOf } from './shape.ts';

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 2 ** 14 });
});

type Kernels = Pick<typeof general, 'forward' | 'backwardData' | 'backwardWeight'>;

const byRule: Kernels = {
  forward: groupedForward,
  backwardData: groupedBackwardData,
  backwardWeight: groupedBackwardWeight,
};

const noiseFor = (shape: GroupedConv2dShape) => {
  const { x, weight, y } = elementsOf(shape);
  return { x: noise(x, 1), weight: noise(weight, 2), dy: noise(y, 3) };
};

/** All three results of a shape. */
function results(
  on: Gpu,
  shape: GroupedConv2dShape,
  inputs: ReturnType<typeof noiseFor>,
  kernels: Kernels = byRule,
) {
  const { x, weight, y } = elementsOf(shape);
  return runKernels(on, inputs, { y, dx: x, dWeight: weight }, (s) => {
    kernels.forward(on, s, shape);
    kernels.backwardData(on, s, shape);
    kernels.backwardWeight(on, s, shape);
  });
}

function expectPlainLoops(
  actual: Awaited<ReturnType<typeof results>>,
  shape: GroupedConv2dShape,
  { x, weight, dy }: ReturnType<typeof noiseFor>,
): void {
  const terms = termsOf(shape);
  const relative = (count: number) => ({ relative: sumTolerance(count) });
  expectClose(actual.y, reference.forward(x, weight, shape), relative(terms.forward), 'y');
  expectClose(actual.dx, reference.backwardData(dy, weight, shape), relative(terms.backwardData), 'dx');
  expectClose(
    actual.dWeight,
    reference.backwardWeight(x, dy, shape),
    relative(terms.backwardWeight),
    'dWeight',
  );
}

describe('convolution in groups', () => {
  it.each(cases)('$name equals the plain loops', async (shape) => {
    const inputs = noiseFor(shape);
    expectPlainLoops(await results(gpu, shape, inputs), shape, inputs);
  });

  it.each(cases.filter(depthwise.isDepthwise))(
    '$name equals them by the kernels for any shape',
    async (shape) => {
      const inputs = noiseFor(shape);
      expectPlainLoops(await results(gpu, shape, inputs, general), shape, inputs);
    },
  );

  it.each(cases)('$name equals PyTorch', async (shape) => {
    const { c, k, groups, kernel } = shape;
    const { x, weight, gradOutput: dy } = groupedConv2dInputs(shape);
    const fileShape = [k, c / groups, ...kernel];
    const { y, dx, dWeight } = await results(gpu, shape, { x, weight: oihwToRsck(weight, fileShape), dy });
    const golden = opGolden('grouped-conv2d', shape.name);
    expectGolden(y, golden.get('y'), 1e-5);
    expectGolden(dx, golden.get('gradInput'), 1e-5);
    expectGolden(rsckToOihw(dWeight, fileShape), golden.get('gradWeight'), 1e-5);
  });

  it.each([
    ['depthwise', 8],
    ['depthwise, odd channels', 6],
    ['two groups', 2],
  ])('works in parts where the batch exceeds a binding: %s', async (_, groups) => {
    const window = { kernel: [3, 3], stride: [2, 1], dilation: [1, 1], padding: [1, 1, 1, 1] } as const;
    const channels = groups === 2 ? 8 : groups;
    const shape = { n: 64, h: 4, w: 8, c: channels, k: channels, groups, ...window };
    const inputs = noiseFor(shape);
    expectPlainLoops(await results(limited, shape, inputs), shape, inputs);
  });

  it('gives the same bits twice', async () => {
    for (const shape of cases.slice(-12)) {
      const inputs = noiseFor(shape);
      expect(await results(gpu, shape, inputs)).toEqual(await results(gpu, shape, inputs));
    }
  });

  it.each(['depthwise-by-axis', 'two-groups', 'dilated-by-axis'])(
    'has gradients that finite differences confirm: %s',
    async (name) => {
      const found = cases.find((shape) => shape.name === name);
      const shape = { ...found!, n: 1, h: 5, w: 4 }; // a name of the list
      const { x, weight, dy } = noiseFor(shape);
      const { dx, dWeight } = await results(gpu, shape, { x, weight, dy });
      const ofX = centralDifferences((at) => dot(reference.forward(at, weight, shape), dy), x);
      const ofWeight = centralDifferences((at) => dot(reference.forward(x, at, shape), dy), weight);
      expectClose(dx, ofX, { relative: 1e-5 }, 'dx');
      expectClose(dWeight, ofWeight, { relative: 1e-5 }, 'dWeight');
    },
  );

  it('refuses shapes that are no convolution', () => {
    const storage = gpu.temporary(4);
    const window = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0] } as const;
    const shape = { n: 1, h: 3, w: 3, c: 4, k: 4, groups: 4, ...window };
    const run = (changed: Partial<GroupedConv2dShape>) => () =>
      groupedForward(gpu, { x: storage, weight: storage, y: storage }, { ...shape, ...changed });
    expect(run({ groups: 3 })).toThrow('4 channels in and 4 out do not come in 3 groups');
    expect(run({ dilation: [2, 1] })).toThrow('a 5×3 window does not fit 3×3 pixels with padding 0, 0, 0, 0');
    expect(run({ stride: [1, 0] })).toThrow('stride = 0');
    expect(run({ padding: [0, 0, -1, 0] })).toThrow('padding = -1');
    expect(run({ n: 0.5 })).toThrow('n = 0.5');
    expect(run({})).toThrow('x has 4 bytes, but 36 elements need 144');
  });
});
