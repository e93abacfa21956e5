import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formulaLabels, formulaTensor, sampleIndices, uniform } from './formula.ts';
import { networkImages, networkTensor } from './inputs.ts';

interface FormulaGolden {
  sequences: Record<string, { uniform: number[]; tensor: number[]; labels: number[]; sample: number[] }>;
  parameters: Record<string, { shape: number[]; first: number[] }>;
  images: Record<string, number[]>;
}

const python = JSON.parse(readFileSync(new URL('./formula.json', import.meta.url), 'utf8')) as FormulaGolden;

describe('the formula', () => {
  for (const [name, expected] of Object.entries(python.sequences)) {
    it(`gives Python's values bit for bit for "${name}"`, () => {
      expect(expected.uniform.map((_, i) => uniform(name, i))).toEqual(expected.uniform);
      expect([...formulaTensor(name, [2, 3, 5], { scale: 0.1, offset: 1 })]).toEqual(expected.tensor);
      expect([...formulaLabels(name, 16, 10)]).toEqual(expected.labels);
      expect([...sampleIndices(name, 2_359_296, 16)]).toEqual(expected.sample);
    });
  }

  for (const [name, { shape, first }] of Object.entries(python.parameters)) {
    it(`gives Python's ${name}`, () => {
      expect([...networkTensor(name, shape).subarray(0, first.length)]).toEqual(first);
    });
  }

  it("gives Python's images", () => {
    const entries = Object.entries(python.images);
    expect(entries.length).toBeGreaterThan(0);
    for (const [name, expected] of entries) {
      const images = networkImages(name, 4);
      expect(Array.from(sampleIndices(name, images.length, expected.length), (i) => images[i])).toEqual(
        expected,
      );
    }
  });

  it('spreads values evenly and unrelated to their neighbours and to another name', () => {
    const count = 65_536;
    const x = formulaTensor('x', [count]);
    const y = formulaTensor('y', [count]);
    const mean = (f: (i: number) => number) => x.reduce((sum, _, i) => sum + f(i), 0) / count;
    // Five standard errors of each mean: the deviation of one term is 1/√3 for x and 1/3 for a product.
    const bound = 5 / Math.sqrt(count);
    expect(Math.abs(mean((i) => x[i]!))).toBeLessThan(bound / Math.sqrt(3));
    expect(Math.abs(mean((i) => x[i]! * y[i]!))).toBeLessThan(bound / 3);
    expect(Math.abs(mean((i) => x[i]! * x[(i + 1) % count]!))).toBeLessThan(bound / 3);
    expect(mean((i) => x[i]! ** 2)).toBeCloseTo(1 / 3, 2);
  });

  it('samples every element of a small tensor', () => {
    expect([...sampleIndices('x', 3, 4)]).toEqual([0, 1, 2]);
  });
});
