// Holds the goldens against the plainest float64 loops over the same cases: it proves that inputs.ts makes what
// operations.py made, and that the comparison sees an error where there is one.
import { describe, expect, it } from 'vitest';
import { cases as adamCases } from '../../src/kernels/adam/cases.ts';
import { cases as avgPoolCases } from '../../src/kernels/avg-pool/cases.ts';
import { cases as batchNormCases } from '../../src/kernels/batch-norm/cases.ts';
import { cases as broadcastCases } from '../../src/kernels/broadcast/cases.ts';
import { cases as conv2dCases } from '../../src/kernels/conv2d/cases.ts';
import { cases as elementwiseCases } from '../../src/kernels/elementwise/cases.ts';
import { cases as linearCases } from '../../src/kernels/linear/cases.ts';
import { bceCases, crossEntropyCases } from '../../src/kernels/loss/cases.ts';
import { cases as maxPoolCases } from '../../src/kernels/max-pool/cases.ts';
import { clipCases } from '../../src/kernels/reduce/cases.ts';
import { cases as sumCases } from '../../src/kernels/sum/cases.ts';
import { cases as sgdCases } from '../../src/kernels/sgd/cases.ts';
import { outputLength } from '../../src/kernels/output-length.ts';
import {
  expectClose,
  networkGolden,
  networkRuns,
  opGolden,
  relativeErrorOnSample,
  trainingGolden,
  trainingRuns,
} from './golden.ts';
import * as inputs from './inputs.ts';

/** float64 against float64, each rounded to float32 once. */
const tolerance = 1e-7;

/** [0, n) as an array. */
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const sum = (terms: readonly number[]) => terms.reduce((total, term) => total + term, 0);

/** The window's elements of one channel: pairs of the offset in x and in the kernel, without the padding. */
function window(
  { h, w, c, stride, padding }: { h: number; w: number; c: number; stride: number; padding: number },
  [image, oy, ox]: readonly [number, number, number],
  [r, s]: readonly [number, number],
): { readonly pixel: number; readonly tap: number }[] {
  return range(r * s).flatMap((tap) => {
    const y = oy * stride - padding + Math.floor(tap / s);
    const x = ox * stride - padding + (tap % s);
    return y >= 0 && y < h && x >= 0 && x < w ? [{ pixel: ((image * h + y) * w + x) * c, tap }] : [];
  });
}

const places = (n: number, oh: number, ow: number) =>
  range(n * oh * ow).map((i) => [Math.floor(i / (oh * ow)), Math.floor(i / ow) % oh, i % ow] as const);

/** The normal distribution up to x: the area under its density by Simpson's rule, which is right to 1e-9 at this width. */
function normalBySimpson(x: number): number {
  const [left, steps] = [-12, 1000];
  const width = (x - left) / steps;
  const height = (i: number) => Math.exp(-((left + i * width) ** 2) / 2) / Math.sqrt(2 * Math.PI);
  const inner = range(steps - 1).map((i) => (i % 2 === 0 ? 4 : 2) * height(i + 1));
  return (width / 3) * (height(0) + sum(inner) + height(steps));
}

describe('operation goldens', () => {
  for (const conv of conv2dCases.filter(({ name }) => !name.startsWith('resnet18'))) {
    it(`conv2d ${conv.name}`, () => {
      const { x, weight } = inputs.conv2dInputs(conv);
      const { n, h, w, c, k, r, s, stride, padding } = conv;
      const y = places(n, outputLength(h, r, stride, padding), outputLength(w, s, stride, padding)).flatMap(
        (place) => {
          const taps = window(conv, place, [r, s]);
          return range(k).map((out) => {
            let total = 0;
            for (const { pixel, tap } of taps) {
              for (let i = 0; i < c; i++) total += x[pixel + i]! * weight[(out * c + i) * r * s + tap]!;
            }
            return total;
          });
        },
      );
      expectClose(y, opGolden('conv2d', conv.name).get('y'), tolerance);
    });
  }

  for (const norm of batchNormCases) {
    it(`batch-norm ${norm.name}`, () => {
      const { x, weight, bias, runningMean, runningVar } = inputs.batchNormInputs(norm);
      const golden = opGolden('batch-norm', norm.name);
      const { c, eps } = norm;
      const count = x.length / c;
      const means = range(c).map((i) => sum(range(count).map((row) => x[row * c + i]!)) / count);
      const vars = range(c).map(
        (i) => sum(range(count).map((row) => (x[row * c + i]! - means[i]!) ** 2)) / count,
      );
      const normalise = (mean: ArrayLike<number>, variance: ArrayLike<number>) =>
        Array.from(x, (value, i) => {
          const channel = i % c;
          return (
            ((value - mean[channel]!) / Math.sqrt(variance[channel]! + eps)) * weight[channel]! +
            bias[channel]!
          );
        });
      expectClose(normalise(means, vars), golden.get('batch/y'), tolerance);
      expectClose(normalise(runningMean, runningVar), golden.get('running/y'), tolerance);
      const unbiased = vars.map((v, i) => 0.9 * runningVar[i]! + (0.1 * v * count) / (count - 1));
      expectClose(unbiased, golden.get('batch/runningVar'), tolerance);
    });
  }

  for (const pool of maxPoolCases) {
    it(`max-pool ${pool.name}`, () => {
      const { x, gradOutput } = inputs.maxPoolInputs(pool);
      const { n, h, w, c, kernel, stride, padding } = pool;
      const gradInput = new Float64Array(x.length);
      const y: number[] = [];
      for (const place of places(
        n,
        outputLength(h, kernel, stride, padding),
        outputLength(w, kernel, stride, padding),
      )) {
        for (const channel of range(c)) {
          const elements = window(pool, place, [kernel, kernel]).map(({ pixel }) => pixel + channel);
          // A strict comparison keeps the first of equal values, as PyTorch does.
          const best = elements.reduce((first, next) => (x[next]! > x[first]! ? next : first));
          gradInput[best]! += gradOutput[y.length]!;
          y.push(x[best]!);
        }
      }
      expectClose(y, opGolden('max-pool', pool.name).get('y'), tolerance);
      expectClose(gradInput, opGolden('max-pool', pool.name).get('gradInput'), tolerance);
    });
  }

  for (const pool of avgPoolCases) {
    it(`avg-pool ${pool.name}`, () => {
      const { x } = inputs.avgPoolInputs(pool);
      const { n, h, w, c } = pool;
      const mean = (i: number) =>
        sum(range(h * w).map((p) => x[(Math.floor(i / c) * h * w + p) * c + (i % c)]!)) / (h * w);
      expectClose(range(n * c).map(mean), opGolden('avg-pool', pool.name).get('y'), tolerance);
    });
  }

  for (const layer of linearCases) {
    it(`linear ${layer.name}`, () => {
      const { x, weight, bias } = inputs.linearInputs(layer);
      const { n, inFeatures, outFeatures } = layer;
      const y = range(n).flatMap((row) =>
        range(outFeatures).map(
          (out) =>
            bias[out]! +
            sum(range(inFeatures).map((i) => x[row * inFeatures + i]! * weight[out * inFeatures + i]!)),
        ),
      );
      expectClose(y, opGolden('linear', layer.name).get('y'), tolerance);
    });
  }

  for (const map of elementwiseCases) {
    it(`elementwise ${map.name}`, () => {
      const { a, b } = inputs.elementwiseInputs(map);
      const y = Array.from(a, (x, i) => {
        switch (map.operation) {
          case 'relu':
            return Math.max(x, 0);
          case 'sigmoid':
            return 1 / (1 + Math.exp(-x));
          case 'gelu':
            return x * normalBySimpson(x);
          case 'gelu-tanh':
            return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
          case 'relu6':
            return Math.min(Math.max(x, 0), 6);
          case 'silu':
            return x / (1 + Math.exp(-x));
          case 'hard-sigmoid':
            return Math.min(Math.max(x + 3, 0), 6) / 6;
          case 'hard-swish':
            return (x * Math.min(Math.max(x + 3, 0), 6)) / 6;
          case 'add':
            return x + b[i]!;
          case 'mul':
            return x * b[i]!;
        }
      });
      expectClose(y, opGolden('elementwise', map.name).get('y'), tolerance);
    });
  }

  for (const pair of broadcastCases) {
    it(`broadcast ${pair.name}`, () => {
      const { a, b } = inputs.broadcastInputs(pair);
      const repeated = (values: Float32Array, shape: readonly number[], result: readonly number[]) => {
        const strides = [...result.keys()].map((axis) => {
          const own = axis - (result.length - shape.length);
          return own < 0 || shape[own] === 1 ? 0 : shape.slice(own + 1).reduce((x, y) => x * y, 1);
        });
        return range(result.reduce((x, y) => x * y, 1)).map((i) => {
          let [rest, at] = [i, 0];
          for (let axis = result.length - 1; axis >= 0; axis--) {
            at += (rest % result[axis]!) * strides[axis]!;
            rest = Math.floor(rest / result[axis]!);
          }
          return values[at]!;
        });
      };
      const golden = opGolden('broadcast', pair.name);
      const { shape } = golden.get('mul/y');
      const [left, right] = [repeated(a, pair.a, shape), repeated(b, pair.b, shape)];
      expectClose(
        left.map((value, i) => value * right[i]!),
        golden.get('mul/y'),
        tolerance,
      );
      expectClose(
        left.map((value, i) => value - right[i]!),
        golden.get('sub/y'),
        tolerance,
      );
    });
  }

  for (const one of sumCases.filter(({ axes, shape }) => axes.length === shape.length)) {
    it(`sum ${one.name}`, () => {
      expectClose([sum([...inputs.sumInputs(one).x])], opGolden('sum', one.name).get('sum/y'), tolerance);
    });
  }

  for (const loss of crossEntropyCases) {
    it(`cross-entropy ${loss.name}`, () => {
      const { logits, labels } = inputs.crossEntropyInputs(loss);
      const { n, classes, labelSmoothing = 0, weighted = false, ignoreIndex, reduction } = loss;
      const weights = weighted ? inputs.classWeights(loss.name, classes) : new Float32Array(classes).fill(1);
      const rows = range(n).map((row) => {
        const values = logits.subarray(row * classes, (row + 1) * classes);
        const max = Math.max(...values);
        const lse = max + Math.log(sum(Array.from(values, (v) => Math.exp(v - max))));
        const label = labels[row]!;
        if (label === ignoreIndex) return 0;
        const everywhere = sum(range(classes).map((j) => weights[j]! * (lse - values[j]!)));
        const own = weights[label]! * (lse - values[label]!);
        return (1 - labelSmoothing) * own + (labelSmoothing / classes) * everywhere;
      });
      const whole = sum(Array.from(labels, (label) => (label === ignoreIndex ? 0 : weights[label]!)));
      const expected = reduction === 'none' ? rows : [sum(rows) / (reduction === 'sum' ? 1 : whole)];
      expectClose(expected, opGolden('cross-entropy', loss.name).get('loss'), tolerance);
    });
  }

  for (const loss of bceCases) {
    it(`bce-with-logits ${loss.name}`, () => {
      const { logits, targets } = inputs.bceInputs(loss);
      const { labelSmoothing = 0, positiveWeight = 1, reduction } = loss;
      const terms = Array.from(logits, (z, i) => {
        const target = targets[i]! * (1 - labelSmoothing) + labelSmoothing / 2;
        const log1p = Math.log1p(Math.exp(-Math.abs(z)));
        return positiveWeight * target * (Math.max(-z, 0) + log1p) + (1 - target) * (Math.max(z, 0) + log1p);
      });
      const expected = reduction === 'none' ? terms : [sum(terms) / (reduction === 'sum' ? 1 : loss.n)];
      expectClose(expected, opGolden('bce-with-logits', loss.name).get('loss'), tolerance);
    });
  }

  for (const run of adamCases) {
    it(`adam ${run.name}`, () => {
      const { parameters, gradients } = inputs.adamInputs(run);
      const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled = false } = run;
      const found = Array.from(parameters, (start, i) => {
        let [p, m, v] = [start, 0, 0];
        for (const [step, gradient] of gradients.entries()) {
          const g = gradient[i]! + (decoupled ? 0 : weightDecay * p);
          if (decoupled) p -= learningRate * weightDecay * p;
          m = beta1 * m + (1 - beta1) * g;
          v = beta2 * v + (1 - beta2) * g * g;
          const mHat = m / (1 - beta1 ** (step + 1));
          const vHat = v / (1 - beta2 ** (step + 1));
          p -= (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
        }
        return p;
      });
      expectClose(found, opGolden('adam', run.name).get('parameters'), tolerance);
    });
  }

  for (const run of sgdCases) {
    it(`sgd ${run.name}`, () => {
      const { parameters, gradients } = inputs.sgdInputs(run);
      const found = Array.from(parameters, (start, i) => {
        let [p, velocity] = [start, 0];
        for (const gradient of gradients) {
          const slope = gradient[i]! + run.weightDecay * p;
          velocity = run.momentum * velocity + slope;
          p -= run.learningRate * (run.nesterov ? slope + run.momentum * velocity : velocity);
        }
        return p;
      });
      expectClose(found, opGolden('sgd', run.name).get('parameters'), tolerance);
    });
  }

  for (const clip of clipCases) {
    it(`clip-grad-norm ${clip.name}`, () => {
      const gradients = inputs.clipInputs(clip);
      const norm = Math.sqrt(sum(Array.from(gradients, (g) => g * g)));
      const factor = Math.min(1, clip.maxNorm / (norm + 1e-6));
      const clipped = Array.from(gradients, (g) => g * factor);
      expectClose(clipped, opGolden('clip-grad-norm', clip.name).get('clipped'), tolerance);
    });
  }
});

describe('network goldens', () => {
  it("are far above PyTorch's own rounding", () => {
    for (const run of networkRuns) {
      const golden = networkGolden(run);
      for (const name of golden.names)
        expect(golden.get(name).torchError, `${run}/${name}`).toBeLessThan(1e-5);
    }
  });

  it('hold every parameter and running statistic of ResNet-18', () => {
    const { names, input, batch } = networkGolden('resnet18/batch');
    expect(names.filter((name) => name.startsWith('grad/'))).toHaveLength(62);
    expect(names.filter((name) => name.includes('running_'))).toHaveLength(40);
    expect([input, batch]).toEqual(['input/12', 4]);
  });

  it('train the same in float32 as in float64', () => {
    for (const run of trainingRuns) {
      const { losses, torchFloat32 } = trainingGolden(run);
      expect(losses).toHaveLength(10);
      for (const [i, loss] of losses.entries())
        expect(Math.abs(torchFloat32[i]! / loss - 1)).toBeLessThan(1e-3);
    }
  });
});

describe('expectClose', () => {
  const y = opGolden('linear', 'three-by-five').get('y');

  it('reports the worst element of a small difference', () => {
    const actual = y.sample.slice();
    actual[7]! += 0.01;
    expect(relativeErrorOnSample(actual, y).worst.index).toBe(7);
    expect(() => expectClose(actual, y, 1e-5)).toThrow(/linear\/three-by-five\/y \[4, 5\].*Worst at 7/s);
  });

  it('refuses NaN', () => {
    const actual = y.sample.slice();
    actual[3] = NaN;
    expect(() => expectClose(actual, y, 1)).toThrow(/Worst at 3: NaN/);
  });

  it('sees a difference outside of the sample through the norm', () => {
    const golden = opGolden('linear', 'long-batch').get('y');
    expect(() => expectClose(new Float32Array(2700).fill(1), golden, 1e-3)).toThrow(/on the norm/);
    expect(relativeErrorOnSample(new Float32Array(2700), golden).normError).toBe(1);
  });

  it('refuses another size, and names a tensor that is missing', () => {
    expect(() => expectClose([1], y, 1)).toThrow("1 elements, but PyTorch's tensor [4, 5] has 20");
    expect(() => opGolden('linear', 'three-by-five').get('z')).toThrow('no tensor "linear/three-by-five/z"');
  });
});
