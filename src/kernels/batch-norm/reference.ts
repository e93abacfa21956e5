/** Batch norm as plain loops in float64: what the kernels are tested against. All matrices are [rows, channels]. */
type Numbers = ArrayLike<number>;

interface Shape {
  readonly rows: number;
  readonly channels: number;
}

/** Mean, mean squared deviation and unbiased variance of each channel. */
export function statistics(x: Numbers, { rows, channels }: Shape) {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    for (let r = 0; r < rows; r++) mean[c]! += x[r * channels + c]! / rows; // indices stay in range, here and below
    for (let r = 0; r < rows; r++) variance[c]! += (x[r * channels + c]! - mean[c]!) ** 2 / rows;
  }
  return { mean, variance, unbiased: variance.map((v) => (v * rows) / (rows - 1)) };
}

export const invStdOf = (variance: Float64Array, eps: number): Float64Array =>
  variance.map((v) => 1 / Math.sqrt(v + eps));

/** running ← (1 − momentum)·running + momentum·batch. */
export const movedTowards = (running: Numbers, batch: Float64Array, momentum: number): Float64Array =>
  batch.map((value, c) => (1 - momentum) * running[c]! + momentum * value);

export interface Normalisation extends Shape {
  readonly mean: Numbers;
  readonly invStd: Numbers;
  readonly weight: Numbers;
  readonly bias: Numbers;
}

/** y = (x − mean)·invStd·weight + bias [+ residual] [ReLU]. */
export function forward(
  x: Numbers,
  { rows, channels, mean, invStd, weight, bias }: Normalisation,
  { residual, relu }: { readonly residual?: Numbers | undefined; readonly relu: boolean },
): Float64Array {
  return Float64Array.from({ length: rows * channels }, (_, i) => {
    const c = i % channels;
    const y = (x[i]! - mean[c]!) * invStd[c]! * weight[c]! + bias[c]! + (residual?.[i] ?? 0);
    return relu ? Math.max(y, 0) : y;
  });
}

/** All gradients; y is the result if ReLU was fused into it. */
export function backward(
  { dy, x, y }: { readonly dy: Numbers; readonly x: Numbers; readonly y?: Numbers | undefined },
  { rows, channels, mean, invStd, weight }: Omit<Normalisation, 'bias'>,
  mode: 'batch' | 'running',
) {
  const g = Float64Array.from(dy, (value, i) => (y && y[i]! <= 0 ? 0 : value));
  const normalised = (i: number) => (x[i]! - mean[i % channels]!) * invStd[i % channels]!;
  const dBias = new Float64Array(channels);
  const dWeight = new Float64Array(channels);
  g.forEach((value, i) => {
    dBias[i % channels]! += value;
    dWeight[i % channels]! += value * normalised(i);
  });
  const dx = g.map((value, i) => {
    const c = i % channels;
    const scale = weight[c]! * invStd[c]!;
    if (mode === 'running') return scale * value;
    return scale * (value - dBias[c]! / rows - (normalised(i) * dWeight[c]!) / rows);
  });
  return { dx, dWeight, dBias, dResidual: g };
}
