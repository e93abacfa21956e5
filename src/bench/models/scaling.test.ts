import { expect, it } from 'vitest';
import { exampleResults } from '../testing.ts';
import { evenness, lineThrough } from './scaling.ts';

/** Rows as the scaling benchmark has them: time a batch by images and side. */
function rowsOf(times: readonly (readonly [images: number, side: number, ms: number])[]) {
  const [like] = exampleResults({ 'scaling.images': [1] }).rows;
  if (!like) throw new Error('There is no row to go by.');
  return times.map(([images, side, ms]) => ({
    ...like,
    images,
    shape: `forward ${images}×${side}²`,
    wall: [ms, ms, ms],
  }));
}

it('finds cost in proportion even, and the line through it without a fixed part', () => {
  const rows = rowsOf([
    [8, 64, 10],
    [16, 64, 20],
    [8, 128, 40],
  ]);
  expect(evenness(rows)).toEqual([1, 1, 1]);
  const line = lineThrough(rows);
  expect(line.fixed).toBeCloseTo(0, 9);
  expect(line.perPixel * 8 * 64 * 64).toBeCloseTo(10, 9);
  expect(line.worst).toBeCloseTo(0, 9);
});

it('tells what is paid whatever the size from what a pixel costs', () => {
  const line = lineThrough(rowsOf([8, 16, 32, 64].map((images) => [images, 64, 100 + 5 * images])));
  expect(line.fixed).toBeCloseTo(100, 6);
  expect(line.perPixel * 64 * 64).toBeCloseTo(5, 8);
  expect(line.worst).toBeCloseTo(0, 9);
});

it('says how far the farthest size is off', () => {
  const even = [8, 16, 32, 64, 128, 256].map((images) => [images, 64, 10 + images] as const);
  const line = lineThrough(rowsOf([...even, [48, 64, 2 * (10 + 48)]]));
  expect(line.worst).toBeGreaterThan(0.3);
  expect(line.worst).toBeLessThan(0.5);
});
