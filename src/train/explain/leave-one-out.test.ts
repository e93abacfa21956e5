import { describe, expect, it } from 'vitest';
import { createRandom } from '../../random.ts';
import { leaveOneOut, regressionOf, scoresLeftOut, type LabelledFeatures } from './leave-one-out.ts';

/** Photos around a point of their class, so far apart that few are mistaken. */
function photos(count: number, width: number, classes: number, spread = 0.3): LabelledFeatures {
  const random = createRandom(count, width);
  const noise = () => random.uniform() + random.uniform() - 1;
  const centres = Array.from({ length: classes }, () => Array.from({ length: width }, noise));
  const labels = Array.from({ length: count }, (_, i) => i % classes);
  const features = Float32Array.from(
    labels.flatMap((label) => centres[label]!.map((value) => value + spread * noise())), // of each class
  );
  return { features, width, labels, classes };
}

/** Solves a x = b by elimination, as plainly as can be. */
function solved(a: number[][], b: number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]); // as many
  const n = rows.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const factor = rows[j]![i]! / rows[i]![i]!;
      rows[j] = rows[j]!.map((value, k) => value - factor * rows[i]![k]!);
    }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/** What ridge regression on all other photos says to photo `out`. */
function refitted({ features, width, labels, classes }: LabelledFeatures, out: number, ridge: number) {
  const all = Array.from({ length: labels.length }, (_, i) => {
    const row = [...features.subarray(i * width, (i + 1) * width)];
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
  const kept = [...all.keys()].filter((i) => i !== out);
  const mean = (of: (i: number) => number) => kept.reduce((sum, i) => sum + of(i), 0) / kept.length;
  const centre = Array.from({ length: width }, (_, a) => mean((i) => all[i]![a]!));
  const x = (i: number) => all[i]!.map((value, a) => value - centre[a]!);
  const gram = Array.from({ length: width }, (_, a) =>
    Array.from({ length: width }, (_, b) =>
      kept.reduce((sum, i) => sum + x(i)[a]! * x(i)[b]!, a === b ? ridge : 0),
    ),
  );
  return Array.from({ length: classes }, (_, c) => {
    const share = mean((i) => Number(labels[i] === c));
    const products = Array.from({ length: width }, (_, a) =>
      kept.reduce((sum, i) => sum + x(i)[a]! * (Number(labels[i] === c) - share), 0),
    );
    const weights = solved(gram, products);
    return share + x(out).reduce((sum, value, a) => sum + value * weights[a]!, 0);
  });
}

describe('answers left out', () => {
  it.each([
    [12, 5, 3, 0.1],
    [9, 12, 2, 0.01],
    [30, 4, 2, 3],
  ])('of %i photos with %i features are those of a fit without the photo', (count, width, classes, ridge) => {
    const given = photos(count, width, classes);
    const { scores, error } = scoresLeftOut(regressionOf(given), ridge);
    let squares = 0;
    for (let i = 0; i < count; i++)
      refitted(given, i, ridge).forEach((score, c) => {
        expect(scores[i * classes + c]).toBeCloseTo(score, 5); // features are stored in 32 bits
        squares += (Number(given.labels[i] === c) - score) ** 2;
      });
    expect(error).toBeCloseTo(squares / count, 5);
  });

  it.each([
    [40, 8],
    [60, 700], // folded
  ])('find the wrong labels among %i photos with %i features, and are sure of them', (count, width) => {
    const given = photos(count, width, 3);
    const wrong = [4, 17, 29];
    const labels = Array.from(given.labels, (label, i) => (wrong.includes(i) ? (label + 1) % 3 : label));
    const rows = leaveOneOut({ ...given, labels })!; // there are three photos and more
    const doubt = rows.map((row, i) => 1 - row[labels[i]!]!);
    const order = [...doubt.keys()].sort((a, b) => doubt[b]! - doubt[a]!);
    expect(order.slice(0, 3).sort((a, b) => a - b)).toEqual(wrong);
    for (const i of wrong) expect(rows[i]![given.labels[i]!]!).toBeGreaterThan(0.5);
    for (const row of rows) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  });

  it('are unsure where features say nothing, and none of two photos', () => {
    const blank = {
      features: new Float32Array(8 * 4),
      width: 4,
      labels: [0, 1, 0, 1, 0, 1, 0, 1],
      classes: 2,
    };
    for (const row of leaveOneOut(blank)!) for (const share of row) expect(share).toBeCloseTo(0.5, 0);
    expect(leaveOneOut({ ...photos(2, 3, 2) })).toBeUndefined();
  });
});
