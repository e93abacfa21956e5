import { describe, expect, it } from 'vitest';
import { createRandom } from '../../random.ts';
import { distanceFrom, familiarityOf, rarity, unitRows, type KnownPhotos } from './familiarity.ts';

const rows = (...values: readonly number[][]) => Float32Array.from(values.flat());

describe('distances', () => {
  it('are between directions, whatever the lengths', () => {
    const known = { rows: unitRows(rows([3, 0], [0, 0.5]), 2), width: 2 };
    expect([...known.rows]).toEqual([1, 0, 0, 1]);
    expect(distanceFrom(known, Float32Array.of(7, 0))).toBeCloseTo(Math.SQRT2 / 2, 6); // of 0 and √2
    expect(distanceFrom(known, Float32Array.of(-1, 0))).toBeCloseTo((2 + Math.SQRT2) / 2, 6);
    expect([...unitRows(new Float32Array(2), 2)]).toEqual([0, 0]);
  });

  it('are the mean of the five nearest', () => {
    const random = createRandom(1);
    const width = 3;
    const known = unitRows(
      Float32Array.from({ length: 40 * width }, () => random.uniform() - 0.5),
      width,
    );
    const photo = unitRows(Float32Array.of(0.2, -0.1, 0.4), width);
    const all = Array.from(
      { length: 40 },
      (_, row) => Math.hypot(...photo.map((value, i) => value - known[row * width + i]!)), // 40 rows
    ).sort((a, b) => a - b);
    const expected = all.slice(0, 5).reduce((sum, d) => sum + d, 0) / 5;
    expect(distanceFrom({ rows: known, width }, photo)).toBeCloseTo(expected, 6);
  });
});

describe('familiarity', () => {
  /** One training photo; validation photos at so many degrees from it. */
  const known = (degrees: readonly number[]): KnownPhotos => ({
    rows: Float32Array.of(1, 0),
    width: 2,
    distances: Float32Array.from(degrees, (one) => 2 * Math.sin((one * Math.PI) / 360)).sort(),
  });
  const at = (degrees: number) =>
    Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
  const upTo = (count: number) => known(Array.from({ length: count }, (_, i) => (i * 60) / count));

  it('is a rank among the validation photos', () => {
    const found = familiarityOf(upTo(200), at(30.1));
    expect(found).toMatchObject({ fartherThan: 101, of: 200, unlike: false });
    expect(found.distance).toBeCloseTo(2 * Math.sin((15.05 * Math.PI) / 180), 6);
    expect(rarity(found)).toBeCloseTo(100 / 201, 10);
  });

  it.each([
    [500, 59.6, true], // farther than 497: with it 4 of 501
    [500, 59.3, false], // farther than 495: with it 6 of 501
    [98, 59.5, true], // farther than all
    [98, 59, false], // farther than all but one
    [19, 60, true],
    [19, 50, false],
  ])('calls the farthest of %i unlike: %f degrees, %s', (count, degrees, unlike) =>
    expect(familiarityOf(upTo(count), at(degrees)).unlike).toBe(unlike),
  );

  it('says nothing with too few validation photos', () => {
    expect(familiarityOf(upTo(18), at(180))).toMatchObject({ fartherThan: 18, of: 18, unlike: undefined });
    expect(familiarityOf(upTo(0), at(180))).toMatchObject({ fartherThan: 0, of: 0, unlike: undefined });
  });
});
