/** The optimizers' bookkeeping; their arithmetic is tested with their kernels, and Adam's in test/network.test.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { expectClose, noise } from '../../test/support/kernels.ts';
import { backward, crossEntropy, linear, Tensor } from '../autograd/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { Parameter } from '../nn/index.ts';
import {
  Adam,
  AdamW,
  decayGroups,
  makeOptimizer,
  type Optimizer,
  type OptimizerName,
  optimizerNames,
  type ParameterGroup,
  Sgd,
} from './index.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function parameter(shape: readonly number[], seed: number): Parameter {
  const made = new Parameter(gpu, shape);
  made.load({ shape, data: noise(made.size, seed) });
  return made;
}

/** The loss of four samples, or of those from `first` to before `end`. */
const loss = (weight: Parameter, bias: Parameter, first = 0, end = 4) => {
  const x = new Tensor(gpu, [end - first, 3], gpu.upload(noise(12, 9).slice(first * 3, end * 3)));
  const labels = Uint32Array.of(0, 1, 1, 0).slice(first, end);
  return crossEntropy(linear(x, weight, bias), gpu.upload(labels)).loss;
};

/** A step on the loss of all four samples. */
const train = (optimizer: Optimizer, weight: Parameter, bias: Parameter, maxNorm?: number) =>
  gpu.scope(() => {
    optimizer.zeroGrad();
    backward(loss(weight, bias));
    optimizer.step({ maxNorm });
  });

const values = async (...parameters: Parameter[]) =>
  Promise.all(parameters.map(async (one) => (await one.save()).data));

type Trained = readonly Parameter[];
const makers = [
  ['Adam', (parameters: Trained) => new Adam(parameters, { learningRate: 0.1 })],
  ['AdamW', (parameters: Trained) => new AdamW(parameters, { learningRate: 0.1 })],
  ['Sgd', (parameters: Trained) => new Sgd(parameters, { learningRate: 0.1, momentum: 0.9 })],
  [
    'Sgd with Nesterov',
    (parameters: Trained) => new Sgd(parameters, { learningRate: 0.1, momentum: 0.9, nesterov: true }),
  ],
] as const;

describe('Sgd', () => {
  it('moves parameters by velocity = momentum · velocity + gradient + decay · parameter', async () => {
    const [weight, bias] = [parameter([2, 3], 1), parameter([2], 2)];
    const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };
    const optimizer = new Sgd([weight, bias], options);
    const expected = Float64Array.from((await weight.save()).data);
    const velocity = new Float64Array(expected.length);
    for (let step = 0; step < 3; step++) {
      await gpu.scope(() => {
        optimizer.zeroGrad();
        backward(loss(weight, bias));
        optimizer.step();
      });
      const gradient = (await weight.readGradient())!; // backward has just reached it
      for (const [i, value] of expected.entries()) {
        velocity[i] = options.momentum * velocity[i]! + gradient[i]! + options.weightDecay * value;
        expected[i] = value - options.learningRate * velocity[i]!;
      }
    }
    expectClose((await weight.save()).data, expected, { relative: 1e-6 });
    optimizer.dispose();
  });
});

describe.each(makers)('%s', (_name, make) => {
  it('leaves frozen parameters alone, and all values where they were when it is disposed of', async () => {
    const [weight, bias] = [parameter([2, 3], 1), parameter([2], 2)];
    bias.requiresGrad = false;
    const before = [(await weight.save()).data, (await bias.save()).data] as const;
    const optimizer = make([weight, bias]);
    await gpu.scope(() => {
      backward(loss(weight, bias));
      optimizer.step();
    });
    const trained = (await weight.save()).data;
    expect(trained).not.toEqual(before[0]);
    optimizer.dispose();
    await gpu.finish();
    expect((await weight.save()).data).toEqual(trained);
    expect((await bias.save()).data).toEqual(before[1]);
  });

  it('refuses to train nothing, and options out of range', () => {
    const frozen = parameter([2], 1);
    frozen.requiresGrad = false;
    expect(() => make([frozen])).toThrow(/nothing to train/);
    expect(() => new Adam([frozen], { learningRate: NaN })).toThrow(/learning rate of NaN/);
    expect(() => new Adam([frozen], { beta2: 1 })).toThrow(/beta2 of 1/);
    expect(() => new Sgd([frozen], { learningRate: 0.1, momentum: -1 })).toThrow(/momentum of -1/);
    expect(() => new Sgd([frozen], { learningRate: 0.1, nesterov: true })).toThrow(
      /needs a momentum above 0/,
    );
  });

  it('goes on from its state to the same bits as a run without a break', async () => {
    const through = [parameter([2, 3], 1), parameter([2], 2)] as const;
    const uninterrupted = make(through);
    for (let step = 0; step < 5; step++) await train(uninterrupted, ...through, 0.3);

    const before = [parameter([2, 3], 1), parameter([2], 2)] as const;
    const stopped = make(before);
    for (let step = 0; step < 2; step++) await train(stopped, ...before, 0.3);
    const state = await stopped.state();
    expect(state.steps).toBe(2);
    for (const tensor of Object.values(state.tensors)) expect(tensor).toHaveLength(8);

    const after = [parameter([2, 3], 5), parameter([2], 6)] as const;
    for (const [i, one] of after.entries()) one.load(await before[i]!.save()); // two of both
    const resumed = make(after);
    resumed.loadState(state);
    for (let step = 2; step < 5; step++) await train(resumed, ...after, 0.3);
    expect(await values(...after)).toEqual(await values(...through));
    expect(await resumed.state()).toEqual(await uninterrupted.state());
    for (const optimizer of [uninterrupted, stopped, resumed]) optimizer.dispose();
  });

  it('refuses a state that is not its own, and keeps the one that it has', async () => {
    const trained = [parameter([2, 3], 1), parameter([2], 2)] as const;
    const optimizer = make(trained);
    await train(optimizer, ...trained);
    const state = await optimizer.state();
    const short = Object.fromEntries(Object.keys(state.tensors).map((name) => [name, new Float32Array(7)]));
    expect(() => optimizer.loadState({ ...state, tensors: {} })).toThrow(/another optimizer's/);
    expect(() => optimizer.loadState({ ...state, tensors: short })).toThrow(/has 7 elements, .* have 8/);
    expect(() => optimizer.loadState({ ...state, steps: -1 })).toThrow(/after -1 steps/);
    expect(await optimizer.state()).toEqual(state);
    optimizer.dispose();
  });

  it('steps on batches whose gradients added up as on the one batch that they make', async () => {
    const whole = [parameter([2, 3], 1), parameter([2], 2)] as const;
    const parts = [parameter([2, 3], 1), parameter([2], 2)] as const;
    const [once, twice] = [make(whole), make(parts)];
    for (let step = 0; step < 3; step++) {
      await train(once, ...whole);
      await gpu.scope(() => {
        twice.zeroGrad();
        backward(loss(...parts, 0, 2));
      });
      await gpu.scope(() => {
        backward(loss(...parts, 2, 4));
        twice.step({ gradientScale: 1 / 2 });
      });
    }
    const [expected, actual] = [await values(...whole), await values(...parts)];
    // Halves round otherwise than the whole; Adam's first steps have the gradient's sign and little of its size.
    actual.forEach((tensor, i) => expectClose(tensor, expected[i]!, { relative: 1e-5 })); // two of both
    once.dispose();
    twice.dispose();
  });

  it('takes one dispatch, and three more where it clips', async () => {
    const trained = [parameter([2, 3], 1), parameter([2], 2)] as const;
    const optimizer = make(trained);
    await train(optimizer, ...trained);
    const dispatches = async (record: () => void) => {
      const before = gpu.statistics.dispatches;
      await gpu.scope(record);
      return gpu.statistics.dispatches - before;
    };
    expect(await dispatches(() => optimizer.step())).toBe(1);
    expect(await dispatches(() => optimizer.step({ maxNorm: 1 }))).toBe(4);
    expect(() => optimizer.step({ maxNorm: 0 })).toThrow(/maximal norm of 0/);
    expect(() => optimizer.step({ gradientScale: NaN })).toThrow(/gradient scale of NaN/);
    optimizer.dispose();
  });
});

describe('clipping', () => {
  it("shortens the gradient of all parameters together to the norm, by PyTorch's formula", async () => {
    const [weight, bias] = [parameter([2, 3], 1), parameter([2], 2)];
    const optimizer = new Sgd([weight, bias], { learningRate: 1 });
    const before = (await values(weight, bias)).flatMap((tensor) => [...tensor]);
    await train(optimizer, weight, bias, 0.05);
    const gradients = await Promise.all([weight, bias].map(async (one) => [...(await one.readGradient())!])); // just reached
    const gradient = gradients.flat();
    const norm = Math.hypot(...gradient);
    expect(norm).toBeGreaterThan(0.05);
    const after = (await values(weight, bias)).flatMap((tensor) => [...tensor]);
    const expected = before.map((value, i) => value - (gradient[i]! * 0.05) / (norm + 1e-6)); // as many
    expectClose(after, expected, { relative: 1e-6 });
    optimizer.dispose();
  });
});

describe('the registry', () => {
  const settings = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };

  it('makes each optimizer by its name, with the settings that it takes', async () => {
    const { learningRate, momentum, weightDecay } = settings;
    const expected: Readonly<Record<OptimizerName, (trained: Trained) => Optimizer>> = {
      adam: (trained) => new Adam(trained, { learningRate, weightDecay }),
      adamw: (trained) => new AdamW(trained, { learningRate, weightDecay }),
      sgd: (trained) => new Sgd(trained, { learningRate, momentum, weightDecay }),
    };
    for (const name of optimizerNames) {
      const ends = [];
      for (const make of [
        expected[name],
        (parameters: Trained) => makeOptimizer(name, [{ parameters }], settings),
      ]) {
        const trained = [parameter([2, 3], 1), parameter([2], 2)] as const;
        const optimizer = make(trained);
        for (let step = 0; step < 2; step++) await train(optimizer, ...trained);
        ends.push(await values(...trained));
        optimizer.dispose();
      }
      expect(ends[1], name).toEqual(ends[0]);
    }
  });

  it('knows no others', () => {
    const make = () =>
      makeOptimizer('lion' as OptimizerName, [{ parameters: [parameter([2], 1)] }], settings);
    expect(make).toThrow('There is no optimizer "lion". There are: adam, adamw, sgd.');
  });
});

describe('groups', () => {
  it('learn at their own rates and with their own decay', async () => {
    const grouped = [parameter([2, 3], 1), parameter([2], 2)] as const;
    const alone = [parameter([2, 3], 1), parameter([2], 2)] as const;
    const together = new AdamW(
      [{ parameters: [grouped[0]], learningRateScale: 0.5, weightDecay: 0.2 }, { parameters: [grouped[1]] }],
      { learningRate: 0.1 },
    );
    const apart = [
      new AdamW([alone[0]], { learningRate: 0.05, weightDecay: 0.2 }),
      new AdamW([alone[1]], { learningRate: 0.1 }),
    ];
    for (let step = 0; step < 3; step++) {
      together.learningRate = 0.1 / (step + 1);
      for (const [i, optimizer] of apart.entries())
        optimizer.learningRate = (i === 0 ? 0.05 : 0.1) / (step + 1);
      await train(together, ...grouped);
      await gpu.scope(() => {
        for (const optimizer of apart) optimizer.zeroGrad();
        backward(loss(...alone));
        for (const optimizer of apart) optimizer.step();
      });
    }
    const [actual, expected] = [await values(...grouped), await values(...alone)];
    actual.forEach((tensor, i) => expectClose(tensor, expected[i]!, { relative: 1e-6 })); // two of both
    for (const optimizer of [together, ...apart]) optimizer.dispose();
  });

  it('spare vectors the weight decay and keep everything else', () => {
    const [weight, bias] = [parameter([2, 3], 1), parameter([2], 2)];
    expect(decayGroups([weight, bias])).toEqual([
      { parameters: [weight] },
      { parameters: [bias], weightDecay: 0 },
    ]);
    const group = { parameters: [bias], learningRateScale: 0.1, weightDecay: 0.3 };
    expect(decayGroups([group])).toEqual([{ parameters: [bias], learningRateScale: 0.1, weightDecay: 0 }]);
  });

  it('refuse a parameter in two of them, and numbers out of range', () => {
    const one = parameter([2], 1);
    const make = (groups: readonly ParameterGroup[]) => new AdamW(groups);
    expect(() => make([{ parameters: [one] }, { parameters: [one] }])).toThrow(/stands twice/);
    expect(() => make([{ parameters: [one], learningRateScale: -1 }])).toThrow(/learning-rate scale of -1/);
    expect(() => make([{ parameters: [one], weightDecay: NaN }])).toThrow(/weight decay of NaN/);
  });
});
