/** Softmax, layer norm, dropout and losses of one number each on the tape; what their kernels compute is tested beside these. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise } from '../../test/support/kernels.ts';
import type { Gpu } from '../gpu/index.ts';
import * as layerNorms from '../kernels/layer-norm/reference.ts';
import * as losses from '../kernels/loss/reference.ts';
import * as softmaxes from '../kernels/softmax/reference.ts';
import { createRandom } from '../random.ts';
import { Dropout, LayerNorm, Parameter } from '../nn/all.ts';
import {
  add,
  backward,
  bceWithLogits,
  crossEntropy,
  dropout,
  layerNorm,
  logSoftmax,
  mul,
  nllLoss,
  softmax,
  sum,
  Tensor,
} from './all.ts';

const CLOSE = { relative: 5e-6 };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function parameter(shape: readonly number[], seed: number): Parameter {
  const made = new Parameter(gpu, shape);
  made.load({ shape, data: noise(made.size, seed, 2) });
  return made;
}

/** The gradients of Σ weights · y, y being what `record` gives. */
async function gradients(leaves: readonly Parameter[], record: () => Tensor, weights: Float32Array) {
  await gpu.scope(() => {
    const y = record();
    backward(sum(mul(y, new Tensor(gpu, y.shape, gpu.upload(weights)))));
  });
  return Promise.all(leaves.map(async (leaf) => (await leaf.readGradient())!)); // backward has just reached it
}

describe.each([
  ['softmax', softmax, false],
  ['logSoftmax', logSoftmax, true],
] as const)('%s', (name, op, isLog) => {
  it.each([
    [0, { outer: 1, length: 3, inner: 8 }],
    [1, { outer: 3, length: 2, inner: 4 }],
    [-1, { outer: 6, length: 4, inner: 1 }],
  ] as const)('has the gradient that finite differences give along axis %i', async (axis, shape) => {
    const x = parameter([3, 2, 4], 1);
    const weights = noise(24, 2);
    const { data } = await x.save();
    const [dx] = await gradients([x], () => op(x, { axis }), weights);
    const slope = centralDifferences((v) => dot(softmaxes.softmax(v, shape, isLog), weights), data);
    expectClose(dx!, slope, CLOSE);
  });

  it('refuses an axis that there is not', () => {
    expect(() => op(parameter([2, 3], 1), { axis: 2 })).toThrow(`${name}: [2, 3] has no axis 2.`);
  });
});

describe('layerNorm', () => {
  it('has the gradients that finite differences give, over several axes', async () => {
    const layer = new LayerNorm(gpu, [2, 3]);
    layer.weight.load({ shape: [2, 3], data: noise(6, 3, 0.5, 1) });
    layer.bias.load({ shape: [2, 3], data: noise(6, 4) });
    const x = parameter([4, 2, 3], 1);
    const weights = noise(24, 2);
    const [data, weight, bias] = (
      await Promise.all([x, layer.weight, layer.bias].map((one) => one.save()))
    ).map((tensor) => tensor.data);
    const value = (changed: object) => {
      const all = { x: data!, weight: weight!, bias: bias!, ...changed };
      return dot(layerNorms.forward(all.x, { rows: 4, length: 6 }, layer.eps, all).y, weights);
    };
    const found = await gradients([x, layer.weight, layer.bias], () => layer.forward(x), weights);
    const slopes = [
      centralDifferences((v) => value({ x: v }), data!),
      centralDifferences((v) => value({ weight: v }), weight!),
      centralDifferences((v) => value({ bias: v }), bias!),
    ];
    slopes.forEach((slope, i) => expectClose(found[i]!, slope, CLOSE));
    expect([...(await layer.stateDict()).keys()]).toEqual(['weight', 'bias']);
  });

  it('refuses shapes that do not go together', () => {
    const options = { normalizedShape: [3], eps: 1e-5 };
    expect(() => layerNorm(parameter([2, 4], 1), options)).toThrow(
      new RangeError('layerNorm: x [2, 4] does not end in the normalized shape [3].'),
    );
    expect(() => layerNorm(parameter([2, 3], 1), { ...options, weight: parameter([2], 2) })).toThrow(
      'layerNorm: a weight or bias [2] is not of the normalized shape [3].',
    );
    expect(() => layerNorm(parameter([2, 3], 1), { normalizedShape: [], eps: 1e-5 })).toThrow(RangeError);
  });
});

describe('dropout', () => {
  it('drops the same forwards and backwards', async () => {
    const x = parameter([40], 1);
    const options = { p: 0.4, key: [5, 2] };
    const [dx] = await gradients([x], () => dropout(x, options), new Float32Array(40).fill(1));
    const random = createRandom(5, 2);
    const kept = Array.from({ length: 40 }, () => (random.uniform() < 0.4 ? 0 : 1 / 0.6));
    expectClose(dx!, kept, CLOSE);
  });

  it('as a layer drops others at each call, and goes on where its count is set', async () => {
    const layer = new Dropout(0.5, 3);
    const x = new Tensor(gpu, [64], gpu.upload(new Float32Array(64).fill(1)));
    const [first, second, again] = await gpu.scope(() => {
      const x = new Tensor(gpu, [64], gpu.upload(new Float32Array(64).fill(1)));
      const calls = [layer.forward(x), layer.forward(x)];
      layer.calls = 1;
      return Promise.all([...calls, layer.forward(x)].map((y) => y.read()));
    });
    expect(second).not.toEqual(first);
    expect(again).toEqual(second);
    expect(layer.eval().forward(x)).toBe(x);
    expect(new Dropout(0).forward(x)).toBe(x);
  });
});

describe('losses without a reduction', () => {
  const labels = Uint32Array.of(1, 3, 0, 2, 2, 9);
  const weights = noise(6, 7);
  const options = { reduction: 'none', ignoreIndex: 9 } as const;

  it('are one for each row of any shape, and hand on what each is told', async () => {
    for (const [loss, reference] of [
      [crossEntropy, losses.softmaxCrossEntropy],
      [nllLoss, losses.nllLoss],
    ] as const) {
      const logits = parameter([2, 3, 4], 1);
      const { data } = await logits.save();
      const shapes: (readonly number[])[] = [];
      const record = () => {
        const y = loss(logits, gpu.upload(labels), options).loss;
        shapes.push(y.shape);
        return y;
      };
      const [gradient] = await gradients([logits], record, weights);
      expect(shapes).toEqual([[2, 3]]);
      const value = (v: Float64Array) =>
        dot(reference(v, labels, { n: 6, classes: 4 }, options).losses, weights);
      expectClose(gradient!, centralDifferences(value, data), CLOSE);
    }
  });

  it('of single logits keep their shape', async () => {
    const logits = parameter([2, 3], 1);
    const { data } = await logits.save();
    const targets = Float32Array.of(0, 1, 1, 0, 1, 0);
    const record = () => add(bceWithLogits(logits, gpu.upload(targets), { reduction: 'none' }).loss, logits);
    const [gradient] = await gradients([logits], record, weights);
    const value = (v: Float64Array) =>
      dot(losses.bceWithLogits(v, targets, 6, { reduction: 'none' }).losses, weights) + dot(v, weights);
    expectClose(gradient!, centralDifferences(value, data), CLOSE);
  });
});
