/** The fully connected layer as plain loops in float64: what the kernels are tested against. */
import type { LinearShape } from './index.ts';

type Numbers = ArrayLike<number>;

/** y [n, outFeatures] = x·weightᵀ + bias. */
export function forward(
  { x, weight, bias }: { readonly x: Numbers; readonly weight: Numbers; readonly bias?: Numbers | undefined },
  { n, inFeatures, outFeatures }: LinearShape,
): Float64Array {
  const y = new Float64Array(n * outFeatures);
  for (let i = 0; i < n; i++)
    for (let o = 0; o < outFeatures; o++) {
      let sum = bias?.[o] ?? 0;
      for (let f = 0; f < inFeatures; f++) sum += x[i * inFeatures + f]! * weight[o * inFeatures + f]!; // in range
      y[i * outFeatures + o] = sum;
    }
  return y;
}

/** dx [n, inFeatures], dWeight [outFeatures, inFeatures] and dBias [outFeatures]. */
export function backward(
  { dy, x, weight }: { readonly dy: Numbers; readonly x: Numbers; readonly weight: Numbers },
  { n, inFeatures, outFeatures }: LinearShape,
) {
  const dx = new Float64Array(n * inFeatures);
  const dWeight = new Float64Array(outFeatures * inFeatures);
  const dBias = new Float64Array(outFeatures);
  for (let i = 0; i < n; i++)
    for (let o = 0; o < outFeatures; o++) {
      const g = dy[i * outFeatures + o]!; // all indices are in range by construction
      dBias[o]! += g;
      for (let f = 0; f < inFeatures; f++) {
        dx[i * inFeatures + f]! += g * weight[o * inFeatures + f]!;
        dWeight[o * inFeatures + f]! += g * x[i * inFeatures + f]!;
      }
    }
  return { dx, dWeight, dBias };
}
