// Pictures that a browser must read as they are before its decoders are trusted: some browsers alter what is read from a canvas, and
// old ones ignore the options of `createImageBitmap`. A picture that comes out otherwise costs one file's time, once a worker.
import type { DecodedImage } from '../../data/image.ts';
import { createRandom } from '../../random.ts';

export interface KnownPicture {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly image: DecodedImage;
  /** By how much a sample may differ, in levels of 255. */
  readonly tolerance: number;
}

/** All colours, in a BMP. Large, since browsers that alter a canvas do it to a few of its pixels. */
export function noise(): KnownPicture {
  const [width, height, head] = [64, 64, 54];
  const data = new Uint8Array(width * height * 3);
  const random = createRandom(1);
  data.forEach((_, i) => (data[i] = random.below(256)));
  const bytes = new Uint8Array(head + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x424d);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, head, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, -height, true); // from top to bottom
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let i = 0; i < data.length; i += 3)
    bytes.set([data[i + 2] ?? 0, data[i + 1] ?? 0, data[i] ?? 0], head + i); // blue first
  return { name: 'noise', bytes, type: 'image/bmp', image: { width, height, data }, tolerance: 0 };
}

/** A grey JPEG of 16 × 8 pixels, dark to the left and light to the right, that is to be turned 90° clockwise. */
export function turned(): KnownPicture {
  const [width, height] = [8, 16];
  const data = new Uint8Array(width * height * 3).fill(230);
  data.fill(20, 0, data.length / 2);
  const bytes = fromBase64(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9' +
      'PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAAIABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABgf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA' +
      '/9oACAEBAAA/ABK0v//Z',
  );
  // Coded at a low quality, which leaves a level or two.
  return { name: 'turned', bytes, type: 'image/jpeg', image: { width, height, data }, tolerance: 4 };
}

/** Four pixels in a PNG, of the opacities 255, 128, 1 and 0, whose colours are lost where they are multiplied by them. */
export function transparent(): KnownPicture {
  const data = Uint8Array.of(...[200, 100, 50], ...[200, 100, 50], ...[10, 250, 130], ...[90, 180, 30]);
  const bytes = fromBase64(
    'iVBORw0KGgoAAAANSUhEUgAAAAQAAAABCAYAAAD5PA/NAAAAGUlEQVR42mM+kWL0P8VIknHZicyDoeZ3GQA+vgcSE9LDrwAAAABJRU5ErkJggg==',
  );
  return {
    name: 'transparent',
    bytes,
    type: 'image/png',
    image: { width: 4, height: 1, data },
    tolerance: 0,
  };
}

/** Whether `image` is the picture. */
export const isPicture = (
  { image, tolerance }: KnownPicture,
  { width, height, data }: DecodedImage,
): boolean =>
  width === image.width &&
  height === image.height &&
  image.data.every((value, i) => Math.abs(value - (data[i] ?? NaN)) <= tolerance);

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
