// How the page that looks into a network writes numbers, and colours what is behind them.
import { expect, it } from 'vitest';
import { inkOn, plainColour, signedColour } from '../../web/src/explore/photo/colours.ts';
import { allDigits, digits, percent } from '../../web/src/explore/photo/numbers.ts';

it.each([
  [0, '0'],
  [-0, '0'],
  [1.23456, '1.235'],
  [-1.5, '−1.5'],
  [99_999, '100000'],
  [123_456, '1.23·10⁵'],
  [0.001, '0.001'],
  [-0.00012345, '−1.23·10⁻⁴'],
  [1e-12, '1.00·10⁻¹²'],
  [NaN, 'NaN'],
])('writes %f as %s', (value, text) => expect(digits(value)).toBe(text));

it('writes all digits that a float has, by which it is known again', () => {
  const values = Float32Array.of(1 / 3, -2 / 7, 123.456, 0.00123, 65504);
  const read = Array.from(values, (value) => Math.fround(Number(allDigits(value).replace('−', '-'))));
  expect(read).toEqual([...values]);
});

it('writes shares by their size', () =>
  expect([0, 1e-5, 0.0123, 2].map(percent)).toEqual(['0 %', 'under 0.1 %', '1.2 %', '200.0 %']));

/** WCAG 2: of colours by their bytes. */
function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((byte) =>
    byte <= 10.31475 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

it('grows steadily in lightness away from 0, equally for both signs, with numbers that can be read on every colour', () => {
  const shares = Array.from({ length: 41 }, (_, i) => i / 40);
  for (const colours of [shares.map(plainColour), shares.map(signedColour)]) {
    const lights = colours.map(luminance);
    expect(lights.every((light, i) => i === 0 || light > lights[i - 1]!)).toBe(true);
  }
  for (const share of shares) {
    const [plus, minus] = [luminance(signedColour(share)), luminance(signedColour(-share))];
    expect(Math.abs(plus - minus)).toBeLessThan(0.06);
    for (const colour of [signedColour(share), signedColour(-share), plainColour(share)]) {
      const [light, ink] = [luminance(colour), inkOn(colour) === '#000' ? 0 : 1];
      const ratio = (Math.max(light, ink) + 0.05) / (Math.min(light, ink) + 0.05);
      expect(ratio).toBeGreaterThanOrEqual(4.5);
    }
  }
});
