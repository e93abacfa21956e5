// Resizing and cropping against the bytes that PIL and torchvision give.

import { describe, expect, it } from 'vitest';
import { fixture, golden } from '../../test/golden/fixtures.ts';
import type { DecodedImage } from './image.ts';
import { applyTransform, centerCrop, resizeShort, resizeTo, transformedSize } from './resize.ts';

type Case =
  | { kind: 'to'; width: number; height: number; golden: string }
  | { kind: 'short' | 'crop'; size: number; golden: string };

const cases = JSON.parse(new TextDecoder().decode(fixture('resize.json'))) as Case[];
const photo = golden('photo.ppm');

function run(image: DecodedImage, operation: Case): DecodedImage {
  switch (operation.kind) {
    case 'to':
      return resizeTo(image, operation.width, operation.height);
    case 'short':
      return resizeShort(image, operation.size);
    case 'crop':
      return centerCrop(image, operation.size);
  }
}

describe('resize', () => {
  it.each(cases)('$golden is bit-equal to torchvision on PIL', (operation) => {
    expect(run(photo, operation)).toEqual(golden(operation.golden));
  });

  it('composes: resize-short-crop is torchvision Resize and CenterCrop', () => {
    const transform = { kind: 'resize-short-crop', resize: 40, crop: 24 } as const;
    expect(transformedSize(transform)).toEqual({ width: 24, height: 24 });
    expect(applyTransform(photo, transform)).toEqual(centerCrop(resizeShort(photo, 40), 24));
  });

  it('keeps an image that has the size already', () => {
    expect(resizeTo(photo, photo.width, photo.height)).toBe(photo);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses the size %s', (size) => {
    expect(() => resizeTo(photo, size, 8)).toThrow(RangeError);
    expect(() => resizeShort(photo, size)).toThrow(RangeError);
    expect(() => centerCrop(photo, size)).toThrow(RangeError);
  });

  it('survives extreme shapes', () => {
    const line = { width: 3000, height: 1, data: new Uint8Array(9000).fill(200) };
    const tall = resizeTo(line, 2, 50);
    expect(tall.data.every((value) => value === 200)).toBe(true);
  });
});
