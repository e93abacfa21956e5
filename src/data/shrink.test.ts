import { describe, expect, it } from 'vitest';
import { shrinkTo } from './shrink.ts';

describe('the size to decode a photo to', () => {
  const square = { kind: 'resize', width: 224, height: 224 } as const;
  const crop = { kind: 'resize-short-crop', resize: 256, crop: 224 } as const;
  const phone = { width: 4032, height: 3024 };

  it('is that of the photo where nothing is said of it', () => {
    expect(shrinkTo(square)(phone)).toBeUndefined();
    expect(shrinkTo(crop)(phone)).toBeUndefined();
  });

  it('is three times what the transform wants', () => {
    expect(shrinkTo({ ...square, shrinkFrom: 4 })(phone)).toEqual({ width: 672, height: 672 });
    expect(shrinkTo({ ...crop, shrinkFrom: 4 })(phone)).toEqual({ width: 1024, height: 768 });
    expect(shrinkTo({ ...crop, shrinkFrom: 4 })({ width: 3024, height: 4032 })).toEqual({
      width: 768,
      height: 1024,
    });
  });

  it.each([
    [{ width: 896, height: 896 }, true],
    [{ width: 895, height: 3000 }, false],
    [{ width: 3000, height: 895 }, false],
  ])('is for photos with enough pixels on both sides: %o', (photo, isSmaller) => {
    expect(shrinkTo({ ...square, shrinkFrom: 4 })(photo) !== undefined).toBe(isSmaller);
  });

  it('never makes a photo larger', () => {
    expect(shrinkTo({ ...square, shrinkFrom: 1 })({ width: 671, height: 671 })).toBeUndefined();
  });
});
