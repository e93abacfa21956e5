import { describe, expect, it } from 'vitest';
import { createRandom } from '../../random.ts';
import { fitTemperature, temper, TEMPERATURES } from './temperature.ts';

/** Classes drawn by the probabilities of random logits. */
function drawn(count: number, classes: number, seed = 1) {
  const random = createRandom(seed);
  const rows: number[][] = [];
  const labels: number[] = [];
  for (let i = 0; i < count; i++) {
    const powers = Array.from({ length: classes }, () => Math.exp(6 * (random.uniform() - 0.5)));
    const sum = powers.reduce((a, b) => a + b, 0);
    const row = powers.map((power) => power / sum);
    let rest = random.uniform();
    rows.push(row);
    labels.push(
      Math.max(
        row.findIndex((share) => (rest -= share) < 0),
        0,
      ),
    );
  }
  return { rows, labels };
}

describe('temperature', () => {
  it('divides logits, and leaves the order and 1 alone', () => {
    const logits = [2, -1, 0.5];
    const softmax = (values: readonly number[]) => {
      const powers = values.map(Math.exp);
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / sum);
    };
    const shares = softmax(logits);
    temper(shares, 2.5).forEach(
      (share, i) => expect(share).toBeCloseTo(softmax(logits.map((logit) => logit / 2.5))[i]!, 12), // as many
    );
    expect(temper(shares, 1)).toBe(shares);
    const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
    expect(temper([sigmoid(-3), sigmoid(3)], 2)[1]).toBeCloseTo(sigmoid(1.5), 12);
    temper(temper(shares, 3), 1 / 3).forEach((share, i) => expect(share).toBeCloseTo(shares[i]!, 12));
    expect(temper([1, 0], 3)).toEqual([1, 0]);
  });

  it.each([0.5, 1, 2.5])('of %d is found again', (temperature) => {
    const { rows, labels } = drawn(4000, 4);
    const spoiled = rows.map((row) => temper(row, 1 / temperature));
    expect(fitTemperature(spoiled, labels)).toBeCloseTo(temperature, 1);
  });

  it('is the least of the loss, by the prior pulled to 1, and within bounds', () => {
    const { rows, labels } = drawn(30, 3, 7);
    const spoiled = rows.map((row) => temper(row, 1 / 3));
    const loss = (temperature: number) =>
      spoiled.reduce((sum, row, i) => sum - Math.log(temper(row, temperature)[labels[i]!]!), 0);
    const free = fitTemperature(spoiled, labels, { deviation: Infinity });
    for (const other of [free * 0.98, free * 1.02]) expect(loss(other)).toBeGreaterThan(loss(free));
    const careful = fitTemperature(spoiled, labels, { deviation: 0.1 });
    expect(careful).toBeGreaterThan(1);
    expect(careful).toBeLessThan(free);
    const certain = { rows: [[0.9, 0.1]], labels: [0] };
    const wrong = { rows: [[0.9, 0.1]], labels: [1] };
    const unbound = { deviation: Infinity };
    expect(fitTemperature(certain.rows, certain.labels, unbound)).toBeCloseTo(TEMPERATURES.least, 5);
    expect(fitTemperature(wrong.rows, wrong.labels, unbound)).toBeCloseTo(TEMPERATURES.most, 5);
  });

  it('is 1 without photos, and finite where shares have underflowed', () => {
    expect(fitTemperature([], [])).toBe(1);
    const found = fitTemperature(
      [
        [1, 0],
        [1, 0],
        [0, 1],
      ],
      [0, 1, 1],
    );
    expect(found).toBeGreaterThan(1);
    expect(found).toBeLessThanOrEqual(TEMPERATURES.most + 1e-9);
  });
});
