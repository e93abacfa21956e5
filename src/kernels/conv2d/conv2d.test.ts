import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { conv2dInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu, Storage } from '../../gpu/index.ts';
import { cases } from './cases.ts';
import {
  backwardDataPass,
  backwardWeightPass,
  conv2dBackwardData,
  conv2dBackwardWeight,
  conv2dForward,
  forwardPass,
  oihwToRsck,
  outputSize,
  rsckToOihw,
  type Conv2dAlgorithm,
  type Conv2dShape,
} from './index.ts';
import {
  conv2dBackwardDataReference,
  conv2dBackwardWeightReference,
  conv2dForwardReference,
} from './reference.ts';
import { sumTolerance, termsOf } from './reference.ts';

interface Tensors {
  readonly x: Storage;
  readonly weight: Storage;
  readonly y: Storage;
  readonly dy: Storage;
  readonly dx: Storage;
  readonly dWeight: Storage;
}

/** A pass with its algorithms, each of which finds its storages among those of a test. */
const pass = <S>(
  name: 'forward' | 'backwardData' | 'backwardWeight',
  output: 'y' | 'dx' | 'dWeight',
  run: (gpu: Gpu, storages: S & Tensors, shape: Conv2dShape, algorithm: Conv2dAlgorithm<S>) => void,
  algorithms: readonly Conv2dAlgorithm<S>[],
) => ({
  name,
  output,
  algorithms: algorithms.map((algorithm) => ({
    name: algorithm.name,
    errorGrowth: algorithm.errorGrowth ?? 1,
    suits: (shape: Conv2dShape, on = gpu) => algorithm.suits(on, shape),
    run: (gpu: Gpu, storages: S & Tensors, shape: Conv2dShape) => run(gpu, storages, shape, algorithm),
  })),
});

const passes = [
  pass('forward', 'y', conv2dForward, forwardPass.algorithms),
  pass('backwardData', 'dx', conv2dBackwardData, backwardDataPass.algorithms),
  pass('backwardWeight', 'dWeight', conv2dBackwardWeight, backwardWeightPass.algorithms),
];

const sizes = (shape: Conv2dShape) => {
  const { oh, ow } = outputSize(shape);
  const x = shape.n * shape.h * shape.w * shape.c;
  const weight = shape.r * shape.s * shape.c * shape.k;
  const y = shape.n * oh * ow * shape.k;
  return { x, weight, y, outputs: { y, dx: x, dWeight: weight } };
};

const noiseFor = (shape: Conv2dShape) => {
  const size = sizes(shape);
  return { x: noise(size.x, 1), weight: noise(size.weight, 2), dy: noise(size.y, 3) };
};

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

describe.each(passes)('conv2d $name, every algorithm', ({ name, output, algorithms }) => {
  /** Calls `compare` with the result of each algorithm that suits; the rule's choice is always among them. */
  async function eachResult(
    shape: Conv2dShape,
    inputs: ReturnType<typeof noiseFor>,
    compare: (result: Float32Array, algorithm: string, errorGrowth: number) => void,
  ): Promise<void> {
    const suitable = algorithms.filter(({ suits }) => suits(shape));
    expect(suitable.length).toBeGreaterThan(0);
    for (const { run, ...algorithm } of suitable) {
      const results = await runKernels(gpu, inputs, sizes(shape).outputs, (s) => run(gpu, s, shape));
      compare(results[output], algorithm.name, algorithm.errorGrowth);
    }
  }

  it.each(cases)('$name equals the plain loops', async (shape) => {
    const { x, weight, dy } = noiseFor(shape);
    const expected = {
      forward: () => conv2dForwardReference(x, weight, shape),
      backwardData: () => conv2dBackwardDataReference(dy, weight, shape),
      backwardWeight: () => conv2dBackwardWeightReference(x, dy, shape),
    }[name]();
    const relative = sumTolerance(termsOf(shape)[name]);
    await eachResult(shape, { x, weight, dy }, (result, algorithm, errorGrowth) =>
      expectClose(result, expected, { relative: relative * errorGrowth }, algorithm),
    );
  });

  it.each(cases)('$name equals PyTorch', async (shape) => {
    const { x, weight, gradOutput: dy } = conv2dInputs(shape);
    const fileShape = [shape.k, shape.c, shape.r, shape.s];
    const golden = opGolden('conv2d', shape.name).get(
      { y: 'y', dx: 'gradInput', dWeight: 'gradWeight' }[output],
    );
    await eachResult(
      shape,
      { x, weight: oihwToRsck(weight, fileShape), dy },
      (result, algorithm, errorGrowth) => {
        const inFileOrder = output === 'dWeight' ? rsckToOihw(result, fileShape) : result;
        expectGolden(inFileOrder, golden, 1e-5 * errorGrowth);
      },
    );
  });

  // Five images a binding; of transformed ones, two or four.
  const strided = { n: 9, h: 16, w: 8, c: 4, k: 8, r: 3, s: 3, stride: 2, padding: 1 };
  const unstrided = { ...strided, stride: 1 };

  it.each(algorithms)('$name works in parts where the batch exceeds a binding', async ({ run, suits }) => {
    const small = await testGpu({ maxBindingBytes: 5 * 16 * 8 * 8 * 4 });
    for (const shape of [strided, unstrided].filter((shape) => suits(shape, small))) {
      const results = (gpu: Gpu) =>
        runKernels(gpu, noiseFor(shape), sizes(shape).outputs, (s) => run(gpu, s, shape));
      const [inParts, whole] = [await results(small), await results(gpu)];
      const terms = name === 'backwardWeight' ? termsOf(shape)[name] : 1; // sums of slices, or the same sums
      expectClose(inParts[output], whole[output], { relative: sumTolerance(terms) });
    }
  });

  it.each(algorithms)('$name gives the same bits twice', async ({ run, suits }) => {
    const shape = { n: 8, h: 16, w: 16, c: 16, k: 16, r: 3, s: 3, stride: 1, padding: 1 };
    if (!suits(shape)) return;
    const results = () => runKernels(gpu, noiseFor(shape), sizes(shape).outputs, (s) => run(gpu, s, shape));
    expect((await results())[output]).toEqual((await results())[output]);
  });
});

describe('conv2d', () => {
  it('has gradients that finite differences confirm', async () => {
    const shape = { n: 2, h: 5, w: 4, c: 3, k: 2, r: 3, s: 2, stride: 2, padding: 1 };
    const size = sizes(shape);
    const [x, weight, dy] = [noise(size.x, 1), noise(size.weight, 2), noise(size.y, 3)];
    const { dx, dWeight } = await runKernels(
      gpu,
      { x, weight, dy },
      { dx: size.x, dWeight: size.weight },
      (s) => {
        conv2dBackwardData(gpu, s, shape);
        conv2dBackwardWeight(gpu, s, shape);
      },
    );
    const ofX = centralDifferences((at) => dot(conv2dForwardReference(at, weight, shape), dy), x);
    const ofWeight = centralDifferences((at) => dot(conv2dForwardReference(x, at, shape), dy), weight);
    expectClose(dx, ofX, { relative: 1e-5 }, 'dx');
    expectClose(dWeight, ofWeight, { relative: 1e-5 }, 'dWeight');
  });

  it('works in parts where the batch has more pixels than a grid counts', async () => {
    // 65,536 workgroups of 16 pixels, which is what SwiftShader's four lanes take; each image alone fits.
    const shape = { n: 2, h: 1024, w: 512, c: 1, k: 1, r: 1, s: 1, stride: 1, padding: 0 };
    const size = sizes(shape);
    const x = noise(size.x, 1);
    const weight = Float32Array.of(2);
    const { y, dx } = await runKernels(gpu, { x, weight, dy: x }, { y: size.y, dx: size.x }, (s) => {
      conv2dForward(gpu, s, shape);
      conv2dBackwardData(gpu, s, shape);
    });
    const expected = x.map((value) => 2 * value);
    expect(y.findIndex((value, i) => value !== expected[i])).toBe(-1);
    expect(dx.findIndex((value, i) => value !== expected[i])).toBe(-1);
  });

  it('refuses shapes that are no convolution', () => {
    const storage = gpu.temporary(4);
    const shape = { n: 1, h: 2, w: 2, c: 1, k: 1, r: 3, s: 3, stride: 1, padding: 0 };
    const run = (changed: Partial<Conv2dShape>) => () =>
      conv2dForward(gpu, { x: storage, weight: storage, y: storage }, { ...shape, ...changed });
    expect(run({})).toThrow(/3×3 kernel does not fit a 2×2 image/);
    expect(run({ stride: 0 })).toThrow(/stride = 0/);
    expect(run({ h: 1 << 20, w: 1 << 10 })).toThrow(/an image of 1073741824 pixels exceeds/);
    expect(run({ r: 1, s: 1 })).toThrow(/x has 4 bytes; its shape needs 16/);
  });

  it('refuses to reorder values that are no weight of that shape', () => {
    for (const reorder of [oihwToRsck, rsckToOihw])
      expect(() => reorder(new Float32Array(5), [1, 2, 1, 3])).toThrow(
        /5 values do not fill .* \[1, 2, 1, 3\]/,
      );
  });

  it('refuses an algorithm that does not suit', () => {
    const storage = gpu.temporary(4);
    const shape = { n: 1, h: 1, w: 1, c: 1, k: 1, r: 1, s: 1, stride: 1, padding: 0 };
    const large = forwardPass.algorithms.find(({ name }) => name === 'tiled 64×64');
    expect(() => conv2dForward(gpu, { x: storage, weight: storage, y: storage }, shape, large)).toThrow(
      'the algorithm "tiled 64×64" does not suit',
    );
  });
});
