import { expect, it } from 'vitest';
import { heatColour, overlay } from './overlay.ts';

const grey = (width: number, height: number, value: number) => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(value),
});

it('leaves a photo as it is where the network did not look', () => {
  const photo = grey(5, 3, 77);
  expect(overlay(photo, { width: 2, height: 2, values: new Float32Array(4) })).toEqual(photo);
});

it('puts the places of the map where they are in the photo, whatever the sizes', () => {
  const map = { width: 2, height: 3, values: Float32Array.of(0, 0, 0, 1, 0, 0) };
  const { data, width, height } = overlay(grey(8, 12, 100), map);
  const distance = Array.from(
    { length: width * height },
    (_, i) => Math.abs(data[3 * i]! - 100) + Math.abs(data[3 * i + 2]! - 100), // three bytes a pixel
  );
  const strongest = distance.indexOf(Math.max(...distance));
  // The centre of the second cell of the second row: pixels 4 to 7 across, 4 to 7 down.
  expect(strongest % width).toBeGreaterThanOrEqual(5);
  expect([5, 6]).toContain(Math.floor(strongest / width));
  expect(distance[0]).toBe(0);
  expect(distance[width * height - 1]).toBe(0);
});

it('shows a single place and a single pixel', () => {
  const { data } = overlay(grey(1, 1, 0), { width: 1, height: 1, values: Float32Array.of(1) });
  expect(data[0]).toBeGreaterThan(150);
});

it('grows lighter all the way', () => {
  const luminance = Array.from({ length: 256 }, (_, i) => {
    const [r, g, b] = heatColour(i / 255).map((byte) => (byte / 255) ** 2.2) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  for (let i = 8; i < 256; i += 8) expect(luminance[i]).toBeGreaterThan(luminance[i - 8]!); // 256 of them
  expect(heatColour(-1)).toEqual(heatColour(0));
  expect(heatColour(2)).toEqual(heatColour(1));
});
