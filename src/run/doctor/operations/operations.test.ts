// The check of an adapter, on one that computes right, and on one that does so but for a kernel: its shaders are altered on their way
// to the device.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testGpu } from '../../../../test/support/gpu.ts';
import type { Gpu } from '../../../gpu/index.ts';
import { firstWrong } from './check.ts';
import { checkedOperations, checkOperations } from './index.ts';

let gpu: Gpu;
let compile: GPUDevice['createShaderModule'];
beforeEach(async () => {
  gpu = await testGpu();
  compile = gpu.device.createShaderModule.bind(gpu.device);
});
afterEach(() => {
  gpu.device.createShaderModule = compile;
});

/** Changes the text of kernels whose name begins so; returns the names of those that were. */
function spoil(kernel: string, text: string | RegExp, instead: string): string[] {
  const spoilt: string[] = [];
  gpu.device.createShaderModule = (descriptor) => {
    const { label = '', code } = descriptor;
    const changed = label.startsWith(kernel) ? code.replace(text, instead) : code;
    if (changed !== code) spoilt.push(label);
    return compile({ ...descriptor, code: changed });
  };
  return spoilt;
}

it('finds nothing wrong with an adapter that computes right, with any shape of kernel', async () => {
  const report = await checkOperations(gpu);
  expect(report.wrong).toEqual([]);
  expect(report.compared).toBeGreaterThan(100_000);
  const likeGpu = await checkOperations(Object.assign(gpu, { software: false }));
  expect(likeGpu.wrong).toEqual([]);
});

describe('finds a wrong kernel of', () => {
  /** The number that an operation ends in, a ten-thousandth too large or worse. */
  const product = [/fma\(([^,()]+|[^,()]*\([^()]*\)[^,()]*),/, 'fma(1.01 * ($1),'] as const;

  it.each([
    ['conv2d.forward', 'conv2d.forward.', ...product],
    ['conv2d.forward', 'conv2d.winograd.output 4×4', ...product],
    ['conv2d.forward', 'conv2d.winograd.product', ...product],
    ['conv2d.backward-data', 'conv2d.backwardData.', ...product],
    ['conv2d.backward-weight', 'conv2d.backwardWeight.', ...product],
    ['conv2d.backward-weight', 'conv2d.winograd.dWeight', ...product],
    ['linear', 'linear.matmul', ...product],
    ['preprocess', 'preprocess vec4f of samples', ...product],
    ['batch-norm.statistics', 'batch-norm.statistics', '+= deviation * deviation', '+= deviation'],
    ['loss.cross-entropy', 'loss.cross-entropy', 'exp(z)', 'exp(0.9 * z)'],
    ['clip-norm', 'reduce.sum-of-squares', '+= value * value', '+= value'],
    ['avg-pool', 'avg-pool.forward', '+= vec4f(x[', '= vec4f(x['],
  ] as const)('%s: %s', async (operation, kernel, text, instead) => {
    const spoilt = spoil(kernel, text, instead);
    const { wrong } = await checkOperations(gpu);
    expect(spoilt).not.toEqual([]);
    const [first] = wrong.filter((element) => element.operation === operation);
    expect(first).toMatchObject({ operation, index: expect.any(Number) as number });
    expect(first?.found).not.toBe(first?.expected);
  });

  it.each([
    ...['preprocess', 'gather', 'loss.', 'reduce.clip-factor', 'adam', 'sgd', 'linear.column-sums'],
    ...['batch-norm.forward', 'batch-norm.backward.sums', 'batch-norm.backward.input'],
    ...['relu ', 'relu.backward', 'add ', 'max-pool.small-forward', 'max-pool.small-backward'],
    ...['avg-pool.backward', 'conv2d.winograd', 'conv2d.forward', 'conv2d.backward'],
  ])('%s, which writes nothing', async (kernel) => {
    const spoilt = spoil(kernel, /fn main\([^{]*\{/s, '$& if (true) { return; }');
    const { wrong } = await checkOperations(gpu);
    expect(spoilt).not.toEqual([]);
    expect(wrong.length).toBeGreaterThan(0);
  });
});

it('names the operations as the catalogue of kernels does', () => {
  expect(checkedOperations).toContain('conv2d.backward-weight');
  expect(checkedOperations).toContain('adam');
});

describe('firstWrong', () => {
  it('allows what f32 rounds, and no more', () => {
    expect(firstWrong([1, 2, 3], [1.00005, 2, 3])).toBeUndefined();
    expect(firstWrong([1, 2, 3], [1, 2, 3.01])).toBe(2);
  });

  it('takes what is missing or no number for wrong', () => {
    expect(firstWrong([1], [1, 2])).toBe(1);
    expect(firstWrong([1, NaN], [1, 2])).toBe(1);
    expect(firstWrong([NaN], [NaN])).toBe(0);
  });
});
