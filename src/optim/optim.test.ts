/** The optimizers' bookkeeping; their arithmetic is tested with their kernels, and Adam's in test/network.test.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { expectClose, noise } from '../../test/support/kernels.ts';
import { backward, crossEntropy, linear, Tensor } from '../autograd/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { Parameter } from '../nn/index.ts';
import { Adam, Sgd } from './index.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function parameter(shape: readonly number[], seed: number): Parameter {
  const made = new Parameter(gpu, shape);
  made.load({ shape, data: noise(made.size, seed) });
  return made;
}

const loss = (weight: Parameter, bias: Parameter) => {
  const x = new Tensor(gpu, [4, 3], gpu.upload(noise(12, 9)));
  return crossEntropy(linear(x, weight, bias), gpu.upload(Uint32Array.of(0, 1, 1, 0))).loss;
};

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

describe.each([
  ['Adam', (parameters: Parameter[]) => new Adam(parameters, { learningRate: 0.1 })],
  ['Sgd', (parameters: Parameter[]) => new Sgd(parameters, { learningRate: 0.1, momentum: 0.9 })],
] as const)('%s', (_name, make) => {
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
  });
});
