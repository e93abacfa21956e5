/** The elementwise operations on the tape; what their kernels compute is tested beside these. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose as expectGolden, opGolden } from '../../test/golden/golden.ts';
import { broadcastInputs, elementwiseInputs, sumInputs } from '../../test/golden/inputs.ts';
import { testGpu } from '../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise } from '../../test/support/kernels.ts';
import type { Gpu } from '../gpu/index.ts';
import { cases as broadcastCases } from '../kernels/broadcast/cases.ts';
import type { Operator } from '../kernels/broadcast/index.ts';
import * as broadcasting from '../kernels/broadcast/reference.ts';
import { cases as sumCases } from '../kernels/sum/cases.ts';
import * as summing from '../kernels/sum/reference.ts';
import { cases } from '../kernels/elementwise/cases.ts';
import { activationNames, type ActivationName } from '../kernels/elementwise/activate.ts';
import * as reference from '../kernels/elementwise/reference.ts';
import { Parameter } from '../nn/index.ts';
import {
  add,
  apply,
  backward,
  cast,
  div,
  gelu,
  hardSigmoid,
  hardSwish,
  mean,
  mul,
  relu,
  relu6,
  reshape,
  sigmoid,
  silu,
  sizeOf,
  sub,
  sum,
  Tensor,
} from './all.ts';

// Results and gradients near 1 in f32: some roundings, and exp's 3 + 2·|x| units in the last place.
const CLOSE = { relative: 2e-6 };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function parameter(shape: readonly number[], values: number | Float32Array): Parameter {
  const made = new Parameter(gpu, shape);
  const data = typeof values === 'number' ? noise(made.size, values, 2) : values;
  made.load({ shape, data });
  return made;
}

/** The sum of y's elements, each times one of `weights`: a scalar whose gradient is the weights. */
function weighted(y: Tensor, weights: Float32Array): Tensor {
  return apply(gpu, {
    op: 'weighted',
    inputs: [y],
    shape: [],
    forward: (sum) => gpu.clear(sum), // its value is not looked at
    backward: (_dy, [gradient]) => gradient && gpu.write(gradient, weights),
  });
}

const weights = noise(6, 9);
const gradientOf = async (leaf: Parameter, record: () => Tensor): Promise<Float32Array> => {
  await gpu.scope(() => backward(weighted(record(), weights)));
  return (await leaf.readGradient())!; // backward has just reached it
};

const activations: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  ...{ relu, relu6, sigmoid, silu, gelu, 'hard-sigmoid': hardSigmoid, 'hard-swish': hardSwish },
  'gelu-tanh': (x) => gelu(x, { approximate: 'tanh' }),
};

describe.each(activationNames)('%s', (name) => {
  it('has the value and the gradient that finite differences give', async () => {
    const x = parameter([2, 3], 1);
    const { data } = await x.save();
    expectClose(await gpu.scope(() => activations[name](x).read()), reference.activate(name, data), CLOSE);
    const slope = centralDifferences((v) => dot(reference.activate(name, v), weights), data);
    expectClose(await gradientOf(x, () => activations[name](x)), slope, CLOSE);
  });
});

describe.each([
  ['add', add, reference.add],
  ['mul', mul, reference.mul],
] as const)('%s', (name, op, expected) => {
  it('has the value and both gradients that finite differences give', async () => {
    const [a, b] = [parameter([2, 3], 1), parameter([2, 3], 2)];
    const [left, right] = [(await a.save()).data, (await b.save()).data];
    expectClose(await gpu.scope(() => op(a, b).read()), expected(left, right), CLOSE);
    const da = await gradientOf(a, () => op(a, b));
    const db = (await b.readGradient())!; // the same backward reached it
    expectClose(
      da,
      centralDifferences((v) => dot(expected(v, right), weights), left),
      CLOSE,
    );
    expectClose(
      db,
      centralDifferences((v) => dot(expected(left, v), weights), right),
      CLOSE,
    );
  });

  it('takes one tensor twice, and one that is frozen', async () => {
    const [a, b] = [parameter([2, 3], 1), parameter([2, 3], 2)];
    b.requiresGrad = false;
    const [left, right] = [(await a.save()).data, (await b.save()).data];
    const both = await gradientOf(a, () => op(a, a));
    const twice = centralDifferences((v) => dot(expected(v, v), weights), left);
    expectClose(both, twice, CLOSE);
    a.gradient!.filled = false; // backward made it
    const beside = await gradientOf(a, () => op(a, b));
    expectClose(
      beside,
      centralDifferences((v) => dot(expected(v, right), weights), left),
      CLOSE,
    );
    expect(await b.readGradient()).toBeNull();
  });

  it('refuses shapes that cannot be broadcast', async () => {
    const record = () => op(parameter([2, 3], 1), parameter([3, 2], 1));
    await expect(gpu.scope(record)).rejects.toThrow(`${name}: [2, 3] and [3, 2] cannot be broadcast`);
  });
});

describe.each(broadcastCases.filter(({ a, b }) => sizeOf(a) * sizeOf(b) < 3000))(
  'broadcast: $name',
  (testCase) => {
    it.each(Object.entries({ add, sub, mul, div }))('%s', async (name, op) => {
      const [a, b] = [
        parameter(testCase.a, noise(sizeOf(testCase.a), 1)),
        parameter(testCase.b, noise(sizeOf(testCase.b), 2, 0.5, 1.25)),
      ];
      const [left, right] = [(await a.save()).data, (await b.save()).data];
      const expected = (v: ArrayLike<number>, w: ArrayLike<number>) =>
        broadcasting.broadcast(name as Operator, { a: v, b: w }, testCase);
      const slopes = noise(expected(left, right).length, 9);
      const y = await gpu.scope(() => {
        const y = op(a, b);
        backward(weighted(y, slopes));
        return y.read();
      });
      expectClose(y, expected(left, right), CLOSE);
      // Sums of as many terms as the axes are long.
      const tolerance = { relative: 5e-6 };
      const da = centralDifferences((v) => dot(expected(v, right), slopes), left);
      expectClose((await a.readGradient())!, da, tolerance, 'da'); // just computed
      const db = centralDifferences((v) => dot(expected(left, v), slopes), right);
      expectClose((await b.readGradient())!, db, tolerance, 'db');
    });
  },
);

it.each(sumCases.filter(({ shape }) => sizeOf(shape) < 200))(
  'sum and mean: $name',
  async ({ shape, axes }) => {
    const x = parameter(shape, 1);
    const { data } = await x.save();
    const terms = axes.reduce((product, axis) => product * shape[axis]!, 1); // axes of it
    for (const [op, factor] of [
      [sum, 1],
      [mean, 1 / terms],
    ] as const) {
      const expected = (v: ArrayLike<number>) =>
        summing.sumAxes({ x: v }, shape, axes).map((value) => factor * value);
      const slopes = noise(expected(data).length, 9);
      if (x.gradient) x.gradient.filled = false;
      const y = await gpu.scope(() => {
        const y = op(x, { axes });
        backward(weighted(y, slopes));
        return y.read();
      });
      expectClose(y, expected(data), { relative: 5e-6 });
      expectClose(
        (await x.readGradient())!,
        centralDifferences((v) => dot(expected(v), slopes), data),
        { relative: 5e-6 },
      );
    }
    expect(() => sum(x, { axes: [-9] })).toThrow(`sum: [${shape.join(', ')}] has no axis -9.`);
  },
);

const operations = { ...activations, add, mul };

it.each(cases)('$name equals PyTorch', async (testCase) => {
  const { a, b, gradOutput } = elementwiseInputs(testCase);
  const shape = [testCase.count];
  const [left, right] = [parameter(shape, a), parameter(shape, b)];
  const y = await gpu.scope(() => {
    const y = operations[testCase.operation](left, right); // the unary ones take the first
    backward(weighted(y, gradOutput));
    return y.read();
  });
  const golden = opGolden('elementwise', testCase.name);
  expectGolden(y, golden.get('y'), 5e-7);
  expectGolden((await left.readGradient())!, golden.get('gradA'), 5e-7); // just computed
  const ofRight = await right.readGradient();
  expect(golden.names.includes('gradB')).toBe(ofRight !== null);
  if (ofRight) expectGolden(ofRight, golden.get('gradB'), 5e-7);
});

it.each(broadcastCases)('broadcast: $name equals PyTorch', async (testCase) => {
  const { a, b, gradOutput } = broadcastInputs(testCase);
  const golden = opGolden('broadcast', testCase.name);
  for (const [name, op] of Object.entries({ add, sub, mul, div })) {
    const [left, right] = [parameter(testCase.a, a), parameter(testCase.b, b)];
    const y = await gpu.scope(() => {
      const y = op(left, right);
      backward(weighted(y, gradOutput));
      return y.read();
    });
    expectGolden(y, golden.get(`${name}/y`), 5e-7);
    expectGolden((await left.readGradient())!, golden.get(`${name}/gradA`), 2e-6); // just computed
    expectGolden((await right.readGradient())!, golden.get(`${name}/gradB`), 2e-6);
  }
});

it.each(sumCases)('sum and mean: $name equals PyTorch', async (testCase) => {
  const { x, gradOutput } = sumInputs(testCase);
  const golden = opGolden('sum', testCase.name);
  for (const [name, op] of Object.entries({ sum, mean })) {
    const leaf = parameter(testCase.shape, x);
    const y = await gpu.scope(() => {
      const y = op(leaf, { axes: testCase.axes });
      backward(weighted(y, gradOutput));
      return y.read();
    });
    expectGolden(y, golden.get(`${name}/y`), 2e-6);
    expectGolden((await leaf.readGradient())!, golden.get(`${name}/gradInput`), 5e-7); // just computed
  }
});

describe('reshape', () => {
  it('is the same memory under another shape, on the tape and off it', async () => {
    const x = parameter([2, 3], 1);
    await gpu.scope(() => {
      const y = reshape(relu(x), [3, 1, 2]);
      expect(y.shape).toEqual([3, 1, 2]);
      expect(reshape(y, [6]).storage).toBe(y.storage);
    });
    x.requiresGrad = false;
    await gpu.scope(() => expect(reshape(x, [6])).toMatchObject({ node: undefined, storage: x.storage }));
  });

  it('hands gradients on without a dispatch or a copy', async () => {
    const x = parameter([2, 3], 1);
    const dispatches = (record: () => Tensor) => {
      const names = gpu.rehearse(() => backward(weighted(record(), weights)));
      x.gradient = undefined; // rehearsed, and so never computed
      return names.map(({ name }) => name);
    };
    expect(dispatches(() => relu(reshape(reshape(relu(x), [6]), [3, 2])))).toEqual(
      dispatches(() => relu(relu(x))),
    );
  });

  it.each<[string, (x: Tensor) => Tensor, number]>([
    ['of a parameter', (x) => reshape(x, [6]), 1],
    ['of a result', (x) => reshape(add(x, x), [3, 2]), 2],
    ['beside another view', (x) => reshape(add(reshape(x, [6]), reshape(x, [6])), [2, 3]), 2],
    [
      'beside other uses of a result',
      (x) => {
        const hidden = add(x, x);
        return add(add(hidden, reshape(reshape(hidden, [6]), [2, 3])), hidden);
      },
      6,
    ],
  ])('has the right gradient: a view %s', async (_what, record, factor) => {
    const x = parameter([2, 3], 1);
    const gradient = await gradientOf(x, () => record(x));
    expectClose(
      gradient,
      weights.map((weight) => factor * weight),
      CLOSE,
    );
  });

  it('adds to the gradient of a parameter that has one', async () => {
    const x = parameter([2, 3], 1);
    await gradientOf(x, () => reshape(x, [6]));
    expectClose(
      await gradientOf(x, () => reshape(x, [6])),
      weights.map((weight) => 2 * weight),
      CLOSE,
    );
  });

  it('refuses a shape of another size', () => {
    const x = parameter([2, 3], 1);
    expect(() => reshape(x, [4])).toThrow(
      new RangeError('reshape: [2, 3] has 6 elements, which do not fill [4].'),
    );
    expect(() => reshape(x, [-1, -6])).toThrow(RangeError);
    expect(() => reshape(x, [1.5, 4])).toThrow(RangeError);
  });
});

it('no operation takes f16, and says so', async () => {
  if (!gpu.device.features.has('shader-f16')) {
    console.log('Skipped: this adapter has no shader-f16.');
    return;
  }
  await gpu.scope(() => {
    const half = cast(new Tensor(gpu, [4], gpu.upload(noise(4, 1))), 'f16');
    for (const op of Object.values(activations)) expect(() => op(half)).toThrow(/takes f32 alone/);
    expect(() => mul(half, half)).toThrow(/mul takes f32 alone/);
    expect(reshape(half, [2, 2]).dtype).toBe('f16');
  });
});
