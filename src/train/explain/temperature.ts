/**
 * How sure a network may be: one number, the temperature, by which its logits are divided, so that its probabilities are as often right as
 * they say (Guo et al. 2017, "On Calibration of Modern Neural Networks"). It is fitted on photos that the network did not learn
 * from, and changes no answer: their order stays. It stands here, beside what else a run learns from the photos that it set aside.
 */

/** Beyond these a few photos say what more would not. */
export const TEMPERATURES = { least: 0.2, most: 5 } as const;

/** More photos make the temperature no better, only slower to find. */
const MOST_FITTED = 5000;

/** Probabilities [C] as they are at a temperature: softmax(logits / temperature), from softmax(logits). At 1 they are returned as they are. */
export function temper(shares: readonly number[], temperature: number): readonly number[] {
  if (temperature === 1) return shares;
  const logs = shares.map((share) => Math.log(share) / temperature);
  const largest = Math.max(...logs);
  const powers = logs.map((log) => Math.exp(log - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export interface FitOptions {
  /** Deviation of ln(temperature) around 0 before any photo was seen: what few photos say is taken with care. */
  readonly deviation?: number;
}

/**
 * The temperature under which the true classes `labels` [N] are likeliest by the probabilities `rows` [N][C], each a softmax or a sigmoid and its
 * rest, with a normal prior on its logarithm; 1 without photos.
 */
export function fitTemperature(
  rows: readonly (readonly number[])[],
  labels: ArrayLike<number>,
  { deviation = DEVIATION }: FitOptions = {},
): number {
  const step = Math.max(1, Math.ceil(rows.length / MOST_FITTED));
  const fitted = rows.flatMap((row, i) =>
    i % step === 0 ? [{ logs: logsOf(row), label: labels[i] ?? 0 }] : [],
  );
  if (fitted.length === 0) return 1;
  const cost = (log: number): number => {
    const factor = Math.exp(-log);
    const loss = fitted.reduce((sum, { logs, label }) => sum + lossAt(logs, label, factor), 0);
    return loss + (log / deviation) ** 2 / 2;
  };
  return Math.exp(leastIn(cost, Math.log(TEMPERATURES.least), Math.log(TEMPERATURES.most)));
}

/** Chosen by measurement; see docs/decisions.md. */
const DEVIATION = 0.25;

/** Logarithms, finite where a share has underflowed. */
const logsOf = (row: readonly number[]): Float64Array =>
  Float64Array.from(row, (share) => Math.log(Math.max(share, Number.MIN_VALUE)));

/** −ln of the probability of `label` where logits are multiplied by `factor`. */
function lossAt(logs: Float64Array, label: number, factor: number): number {
  let largest = -Infinity;
  for (const log of logs) largest = Math.max(largest, log);
  let sum = 0;
  for (const log of logs) sum += Math.exp((log - largest) * factor);
  return Math.log(sum) - ((logs[label] ?? NaN) - largest) * factor;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;
const ROUNDS = 40;

/** Where a function with a single valley is least between two ends (golden-section search). */
function leastIn(cost: (at: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [costLeft, costRight] = [cost(left), cost(right)];
  for (let round = 0; round < ROUNDS; round++) {
    if (costLeft < costRight) {
      [high, right, costRight] = [right, left, costLeft];
      left = high - GOLDEN * (high - low);
      costLeft = cost(left);
    } else {
      [low, left, costLeft] = [left, right, costRight];
      right = low + GOLDEN * (high - low);
      costRight = cost(right);
    }
  }
  return (low + high) / 2;
}
