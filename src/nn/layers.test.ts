/** Layers against plain loops, and how their parameters start. What their kernels compute is tested beside these. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { expectClose, noise } from '../../test/support/kernels.ts';
import { Tensor } from '../autograd/all.ts';
import type { Gpu } from '../gpu/index.ts';
import { createRandom } from '../random.ts';
import { BatchNorm2d, Conv2d, convNorm, Linear, type Parameter } from './all.ts';
import { kaiming, normal, uniform } from './init.ts';

/** f32 sums of at most some dozen terms. */
const CLOSE = { relative: 2e-6 };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const tensor = (shape: readonly number[], data: Float32Array) => new Tensor(gpu, shape, gpu.upload(data));

const load = (parameter: Parameter, seed: number): Float32Array => {
  const data = noise(parameter.size, seed);
  parameter.load({ shape: parameter.fileShape, data });
  return data;
};

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('Conv2d', () => {
  it('is a sum over channels and window, with weights as in files', async () => {
    const [size, inside, outside] = [4, 2, 3];
    const layer = new Conv2d(gpu, inside, outside, { kernel: 3, stride: 2, padding: 1, bias: false });
    const weight = load(layer.weight, 1);
    const x = noise(size * size * inside, 2);
    const at = (y: number, column: number, c: number) =>
      y < 0 || column < 0 || y >= size || column >= size ? 0 : x[(y * size + column) * inside + c]!;
    const expected = range(2).flatMap((oy) =>
      range(2).flatMap((ox) =>
        range(outside).map((k) => {
          let sum = 0;
          for (const c of range(inside))
            for (const r of range(3))
              for (const s of range(3))
                sum += weight[((k * inside + c) * 3 + r) * 3 + s]! * at(2 * oy + r - 1, 2 * ox + s - 1, c);
          return sum;
        }),
      ),
    );
    const y = await gpu.scope(() => {
      const y = layer.forward(tensor([1, size, size, inside], x));
      expect(y.shape).toEqual([1, 2, 2, outside]);
      return y.read();
    });
    expectClose(y, expected, CLOSE);
  });
});

describe('Conv2d with all that PyTorch has', () => {
  it('adds a bias by default, and hands its options on', async () => {
    const layer = new Conv2d(gpu, 4, 4, { kernel: [1, 3], stride: [1, 2], padding: [0, 1], groups: 4 });
    expect(layer.weight.fileShape).toEqual([4, 1, 1, 3]);
    expect([...(await layer.stateDict()).keys()]).toEqual(['weight', 'bias']);
    layer.weight.load({ shape: [4, 1, 1, 3], data: new Float32Array(12).fill(1) });
    layer.bias?.load({ shape: [4], data: Float32Array.of(0, 10, 20, 30) });
    const y = await gpu.scope(() => {
      const x = tensor(
        [1, 1, 4, 4],
        Float32Array.from({ length: 16 }, (_, i) => Math.floor(i / 4)),
      );
      const y = layer.forward(x);
      expect(y.shape).toEqual([1, 1, 2, 4]);
      return y.read();
    });
    expect([...y]).toEqual([1, 11, 21, 31, 6, 16, 26, 36]);
  });

  it('starts with a bias of 0', async () => {
    const layer = new Conv2d(gpu, 2, 3, { kernel: 3 });
    layer.initialise(createRandom(1));
    expect([...((await layer.bias?.save())?.data ?? [])]).toEqual([0, 0, 0]);
  });

  it('runs before batch norm one after the other where no kernel does both', async () => {
    const norm = new BatchNorm2d(gpu, 4).eval();
    norm.initialise();
    const x = () => tensor([1, 3, 3, 4], noise(36, 1));
    for (const options of [{ groups: 2 }, { groups: 4, bias: false }, { dilation: 2, padding: 2 }, {}]) {
      const conv = new Conv2d(gpu, 4, 4, { kernel: 3, padding: 1, ...options });
      conv.initialise(createRandom(2));
      if (conv.bias) load(conv.bias, 3);
      const [both, apart] = await gpu.scope(() =>
        Promise.all(
          [convNorm(conv, norm, x(), { relu: true }), norm.forward(conv.forward(x()), { relu: true })].map(
            (y) => y.read(),
          ),
        ),
      );
      expect(both).toEqual(apart);
    }
  });

  it('refuses channels that do not come in groups', () => {
    expect(() => new Conv2d(gpu, 6, 4, { kernel: 3, groups: 4 })).toThrow(
      '6 channels in and 4 out do not come in 4 groups',
    );
  });
});

describe('Linear', () => {
  it('is weight · x + bias', async () => {
    const layer = new Linear(gpu, 3, 2);
    const [weight, bias, x] = [load(layer.weight, 1), load(layer.bias, 2), noise(6, 3)];
    const expected = range(2).flatMap((row) =>
      range(2).map((out) =>
        range(3).reduce((sum, i) => sum + x[row * 3 + i]! * weight[out * 3 + i]!, bias[out]!),
      ),
    );
    expectClose(await gpu.scope(() => layer.forward(tensor([2, 3], x)).read()), expected, CLOSE);
  });
});

describe('BatchNorm2d', () => {
  const x = noise(12, 1, 2, 3); // six pixels of two channels
  const channel = (c: number) => range(6).map((i) => x[2 * i + c]!);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[]) => mean(values.map((value) => (value - mean(values)) ** 2));
  const forward = (layer: BatchNorm2d) => gpu.scope(() => layer.forward(tensor([1, 2, 3, 2], x)).read());

  function layerOf() {
    const layer = new BatchNorm2d(gpu, 2);
    layer.initialise();
    return layer;
  }

  it('normalises by the batch in training, moves its running statistics and counts', async () => {
    const layer = layerOf();
    const y = await forward(layer);
    const expected = Array.from(x, (value, i) => {
      const values = channel(i % 2);
      return (value - mean(values)) / Math.sqrt(variance(values) + 1e-5);
    });
    expectClose(y, expected, CLOSE);
    const state = await layer.stateDict();
    const of = (name: string) => state.get(name)!.data; // a batch norm has it
    expectClose(
      of('running_mean'),
      [0, 1].map((c) => 0.1 * mean(channel(c))),
      CLOSE,
    );
    // Unbiased there, as in PyTorch: n − 1 below the line.
    expectClose(
      of('running_var'),
      [0, 1].map((c) => 0.9 + 0.1 * (6 / 5) * variance(channel(c))),
      CLOSE,
    );
    expect([...of('num_batches_tracked')]).toEqual([1]);
  });

  it('normalises by its running statistics in evaluation, and changes nothing', async () => {
    const layer = layerOf().eval();
    layer.runningMean.load({ shape: [2], data: Float32Array.of(1, 2) });
    layer.runningVar.load({ shape: [2], data: Float32Array.of(4, 9) });
    const before = await layer.stateDict();
    const expected = Array.from(x, (value, i) => (i % 2 ? (value - 2) / 3 : (value - 1) / 2));
    expectClose(await forward(layer), expected, { relative: 1e-5 }); // without eps here
    expect(await layer.stateDict()).toEqual(before);
  });

  it('goes by its mode, its freezing and what that is to mean', () => {
    const layer = layerOf();
    expect(layer.mode).toBe('batch');
    layer.weight.requiresGrad = false;
    expect(layer.mode).toBe('batch');
    layer.bias.requiresGrad = false;
    expect(layer.mode).toBe('running');
    layer.frozenStatistics = 'batch';
    expect(layer.mode).toBe('batch');
    expect(layer.eval().mode).toBe('running');
  });
});

describe('initialise', () => {
  const spread = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

  it('draws the same values for the same seed, and others for another', async () => {
    const draw = async (seed: number) => {
      const layer = new Linear(gpu, 4, 4);
      layer.initialise(createRandom(seed));
      return layer.stateDict();
    };
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  it('spreads convolutions by their fan out, and linear layers by their inputs', async () => {
    const conv = new Conv2d(gpu, 4, 64, { kernel: 3, bias: false });
    conv.initialise(createRandom(1));
    // 2,304 draws: their deviation is within 3 · 1/√(2 · 2304) of the true one, 0.059 = √(2 / (64 · 9)).
    expect(spread((await conv.weight.save()).data) / kaiming(64 * 9)).toBeCloseTo(1, 1);
    const linear = new Linear(gpu, 100, 30);
    linear.initialise(createRandom(1));
    const { data } = await linear.weight.save();
    expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(0.1);
    expect(spread(data) / (0.1 / Math.sqrt(3))).toBeCloseTo(1, 1);
  });

  it('sets batch norm to change nothing', async () => {
    const norm = new BatchNorm2d(gpu, 2);
    load(norm.bias, 1);
    norm.numBatchesTracked.increment();
    norm.initialise();
    const values = [...(await norm.stateDict()).values()].map(({ data }) => [...data]);
    expect(values).toEqual([[1, 1], [0, 0], [0, 0], [1, 1], [0]]);
  });

  it('draws as many values as are asked for, odd numbers too', () => {
    expect(normal(3, 1, createRandom(1))).toHaveLength(3);
    expect(normal(3, 1, createRandom(1))).toEqual(normal(4, 1, createRandom(1)).subarray(0, 3));
    expect(uniform(5, 2, createRandom(1)).every((value) => value >= -2 && value < 2)).toBe(true);
  });
});
