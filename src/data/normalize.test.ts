import { expect, it } from 'vitest';
import { fixture } from '../../test/golden/fixtures.ts';
import { normalize } from './normalize.ts';

it('is bit-equal to ToTensor and Normalize of torchvision for all 256 values', () => {
  const ramp = Uint8Array.from({ length: 3 * 256 }, (_, i) => Math.floor(i / 3));
  const expected = new Float32Array(fixture('normalized-ramp.f32').buffer);
  expect(normalize(ramp)).toEqual(expected);
});
