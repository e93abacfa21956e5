/** The tape itself; what each operation computes is tested with its kernels, and whole networks in test/network.test.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { expectClose, noise } from '../../test/support/kernels.ts';
import type { Gpu } from '../gpu/index.ts';
import { Parameter } from '../nn/index.ts';
import {
  apply,
  backward,
  batchNorm,
  conv2d,
  crossEntropy,
  globalAvgPool,
  gradientOf,
  linear,
  maxPool2d,
  mul,
  add,
  reshape,
  Tensor,
} from './all.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function parameter(fileShape: readonly number[], seed: number, layout: 'same' | 'OIHW' = 'same'): Parameter {
  const made = new Parameter(gpu, fileShape, layout);
  made.load({ shape: fileShape, data: noise(made.size, seed) });
  return made;
}

const images = () => new Tensor(gpu, [2, 4, 4, 3], gpu.upload(noise(96, 1)));
const labels = () => gpu.upload(Uint32Array.of(0, 1));

describe('backward', () => {
  it('adds up the gradients of a tensor with several consumers', async () => {
    // conv2 is used twice in a row and its result joins a shortcut, as in a residual block.
    const stem = parameter([4, 3, 3, 3], 2, 'OIHW');
    const block = parameter([4, 4, 3, 3], 3, 'OIHW');
    const [scale, shift, head, bias] = [
      parameter([4], 4),
      parameter([4], 5),
      parameter([2, 4], 6),
      parameter([2], 7),
    ];
    const running = { runningMean: gpu.persistent(16, 'mean'), runningVar: gpu.persistent(16, 'var') };
    gpu.write(running.runningMean, new Float32Array(4));
    gpu.write(running.runningVar, new Float32Array(4).fill(1));
    const record = () => {
      const x = conv2d(images(), stem, { padding: 1 });
      const once = conv2d(x, block, { padding: 1 });
      const twice = conv2d(once, block, { padding: 1 });
      const options = { mode: 'running' as const, ...running, eps: 1e-5, momentum: 0.1 };
      const y = batchNorm(twice, scale, shift, { ...options, residual: x });
      return crossEntropy(linear(globalAvgPool(y), head, bias), labels()).loss;
    };
    await gpu.scope(() => backward(record()));
    for (const weight of [stem, block]) {
      const gradient = await weight.readGradient();
      const { data } = await weight.save();
      const places = [0, 7, data.length - 1];
      const lossAt = async (values: Float64Array) => {
        weight.load({ shape: weight.fileShape, data: Float32Array.from(values) });
        const [loss = NaN] = await gpu.scope(() => record().read());
        return loss;
      };
      for (const place of places) {
        const step = 1e-2; // float32 losses: large enough to stand out of rounding, small against the curvature
        const moved = (by: number) =>
          Float64Array.from(data, (value, i) => (i === place ? value + by : value));
        const slope = ((await lossAt(moved(step))) - (await lossAt(moved(-step)))) / (2 * step);
        expect(Math.abs(slope - gradient![place]!)).toBeLessThan(2e-3 * Math.max(0.1, Math.abs(slope))); // just computed
      }
      weight.load({ shape: weight.fileShape, data });
    }
  });

  it('adds to the gradients of an earlier call until they are cleared', async () => {
    const head = parameter([2, 3], 2);
    const bias = parameter([2], 3);
    const run = () =>
      gpu.scope(() => backward(crossEntropy(linear(globalAvgPool(images()), head, bias), labels()).loss));
    await run();
    const once = await head.readGradient();
    await run();
    expectClose(
      (await head.readGradient())!,
      once!.map((g) => 2 * g),
      { relative: 1e-6 },
    );
    head.gradient!.filled = false; // what an optimizer's zeroGrad does
    await run();
    expectClose((await head.readGradient())!, once!, { relative: 1e-6 });
  });

  it('stops at the first frozen tensor', async () => {
    const weight = parameter([4, 3, 3, 3], 2, 'OIHW');
    const head = parameter([2, 4], 3);
    const bias = parameter([2], 4);
    weight.requiresGrad = false;
    const dispatches = async (record: () => void) => {
      const before = gpu.statistics.dispatches;
      await gpu.scope(record);
      return gpu.statistics.dispatches - before;
    };
    const forward = () =>
      crossEntropy(linear(globalAvgPool(conv2d(images(), weight)), head, bias), labels()).loss;
    const frozen = await dispatches(() => backward(forward()));
    expect(await weight.readGradient()).toBeNull();
    weight.requiresGrad = true;
    for (const { gradient } of [head, bias]) if (gradient) gradient.filled = false;
    const trained = await dispatches(() => backward(forward()));
    // Linear's and the pool's gradients of their inputs, and the convolution's of its weight, between two copies since
    // three channels are filled up to four; none of the images.
    expect(trained - frozen).toBe(5);
  });

  it('records nothing where nothing needs a gradient', async () => {
    const weight = parameter([4, 3, 3, 3], 2, 'OIHW');
    const head = parameter([2, 4], 3);
    const bias = parameter([2], 4);
    await gpu.scope(() => {
      weight.requiresGrad = false;
      const features = globalAvgPool(conv2d(images(), weight));
      expect(features).toMatchObject({ node: undefined, requiresGrad: false });
      expect(linear(features, head, bias).node).toBeDefined();
      head.requiresGrad = bias.requiresGrad = false;
      expect(crossEntropy(linear(features, head, bias), labels()).loss.node).toBeUndefined();
    });
  });

  it('asks an operation for the gradients that are needed, and tells it of the 1 that it begins with', async () => {
    const [trained, frozen] = [parameter([2], 2), parameter([2], 3)];
    frozen.requiresGrad = false;
    const asked: unknown[] = [];
    const record = (op: string, shape: readonly number[], ...inputs: readonly Tensor[]) =>
      apply(gpu, {
        op,
        inputs,
        shape,
        forward: (y) => gpu.clear(y),
        backward: (_dy, gradients, isSeed) => {
          asked.push([op, gradients.map((gradient) => gradient !== undefined), isSeed]);
          for (const gradient of gradients) if (gradient) gpu.clear(gradient);
        },
      });
    await gpu.scope(() => backward(record('sum', [], record('mix', [2], frozen, trained))));
    expect(asked).toEqual([
      ['sum', [true], true],
      ['mix', [false, true], false],
    ]);
    expect(await trained.readGradient()).toEqual(new Float32Array(2));
    expect(await frozen.readGradient()).toBeNull();
  });

  it('says what is wrong where there is nothing to differentiate', async () => {
    const head = parameter([2, 3], 2);
    const bias = parameter([2], 3);
    head.requiresGrad = bias.requiresGrad = false;
    const attempt = (record: () => void) => gpu.scope(record);
    const loss = () => crossEntropy(linear(globalAvgPool(images()), head, bias), labels()).loss;
    await expect(attempt(() => backward(loss()))).rejects.toThrow(/depends on no parameter/);
    await expect(attempt(() => backward(globalAvgPool(images())))).rejects.toThrow(/scalar loss/);
    await expect(attempt(() => conv2d(images(), head))).rejects.toThrow(/expected \[N, H, W, C\]/);
    const wide = { kernel: 9, stride: 2, padding: 1 };
    await expect(attempt(() => maxPool2d(images(), wide))).rejects.toThrow(/maxPool: a 9×9 window/);
    await expect(attempt(() => linear(images(), head, bias))).rejects.toThrow(/do not go together/);
  });
});

describe('gradientOf', () => {
  const tensor = (values: readonly number[], requiresGrad = false) =>
    new Tensor(gpu, [values.length], gpu.upload(Float32Array.from(values)), requiresGrad);

  it('asks for one tensor alone, and leaves what parameters have', async () => {
    const scale = parameter([3], 1);
    const { data } = await scale.save();
    const weights = [1, 10, 100];
    const gradient = await gpu.scope(() => {
      const x = tensor([1, 2, 3], true);
      const inner = mul(x, scale); // on the way from x, and itself asked for below
      const y = add(mul(inner, inner), reshape(inner, [3]));
      return Promise.all([
        gradientOf(y, x, tensor(weights)).read(),
        gradientOf(y, inner, tensor(weights)).read(),
      ]);
    });
    const expected = weights.map((weight, i) => weight * (2 * (i + 1) * data[i]! + 1)); // three of each
    expectClose(gradient[1], expected, { relative: 1e-6 });
    expectClose(
      gradient[0],
      expected.map((value, i) => value * data[i]!),
      { relative: 1e-6 },
    );
    expect(scale.gradient).toBeUndefined();
  });

  it('says where there is no way', async () => {
    const attempt = (record: () => void) => gpu.scope(record);
    const x = tensor([1, 2], true);
    await expect(attempt(() => gradientOf(mul(x, x), x, tensor([1])))).rejects.toThrow('cannot weigh [2]');
    const y = () => mul(tensor([1, 2], true), tensor([1, 2]));
    await expect(attempt(() => gradientOf(y(), x, tensor([1, 1])))).rejects.toThrow('does not depend on x');
    await expect(attempt(() => gradientOf(x, x, tensor([1, 1])))).rejects.toThrow('does not depend on x');
  });
});
