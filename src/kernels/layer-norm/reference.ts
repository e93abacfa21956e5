/** Layer norm as plain loops in float64: what the kernels are tested against. */
import type { LayerNormShape } from './index.ts';

type Numbers = ArrayLike<number>;
interface Affine {
  readonly weight: Numbers;
  readonly bias: Numbers;
}

export function forward(
  x: Numbers,
  { rows, length }: LayerNormShape,
  eps: number,
  affine?: Affine,
): Record<'y' | 'mean' | 'invStd', Float64Array> {
  const y = new Float64Array(rows * length);
  const [mean, invStd] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const values = Array.from({ length }, (_, k) => x[row * length + k]!); // of the row
    const center = values.reduce((sum, value) => sum + value, 0) / length;
    const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / length;
    const inverse = 1 / Math.sqrt(variance + eps);
    [mean[row], invStd[row]] = [center, inverse];
    values.forEach((value, k) => {
      const normal = (value - center) * inverse;
      y[row * length + k] = affine ? normal * affine.weight[k]! + affine.bias[k]! : normal; // of `length`
    });
  }
  return { y, mean, invStd };
}

export function backward(
  { dy, x }: { readonly dy: Numbers; readonly x: Numbers },
  { rows, length }: LayerNormShape,
  eps: number,
  weight?: Numbers,
): Record<'dx' | 'dWeight' | 'dBias', Float64Array> {
  const { mean, invStd } = forward(x, { rows, length }, eps);
  const [dx, dWeight, dBias] = [
    new Float64Array(rows * length),
    new Float64Array(length),
    new Float64Array(length),
  ];
  for (let row = 0; row < rows; row++) {
    const at = (k: number) => row * length + k;
    const [center, inverse] = [mean[row]!, invStd[row]!]; // of the row
    const normals = Array.from({ length }, (_, k) => (x[at(k)]! - center) * inverse);
    const gs = Array.from({ length }, (_, k) => dy[at(k)]! * (weight?.[k] ?? 1));
    const meanG = gs.reduce((sum, g) => sum + g, 0) / length;
    const meanProduct = gs.reduce((sum, g, k) => sum + g * normals[k]!, 0) / length;
    normals.forEach((normal, k) => {
      dx[at(k)] = inverse * (gs[k]! - meanG - normal * meanProduct);
      dWeight[k]! += dy[at(k)]! * normal;
      dBias[k]! += dy[at(k)]!;
    });
  }
  return { dx, dWeight, dBias };
}
