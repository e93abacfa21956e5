/** Preprocessing as plain loops in float64: what the kernels are tested against. */
import type { PreprocessShape } from './cases.ts';
import type { Augmentation } from './index.ts';

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const GREY = [0.2989, 0.587, 0.114];

/** pixels [n, h, w, 3] → [n, oh, ow, 3]; one augmentation an image. */
export function preprocessReference(
  pixels: Uint8Array,
  { n, h, w, oh, ow }: PreprocessShape,
  augmentations: readonly Augmentation[],
): Float64Array {
  const y = new Float64Array(n * oh * ow * 3);
  augmentations.forEach(({ cropX, cropY, flip, brightness, contrast, contrastFirst }, image) => {
    let crop = Float64Array.from({ length: oh * ow * 3 }, (_, i) => {
      const [row, column, channel] = [Math.floor(i / 3 / ow), Math.floor(i / 3) % ow, i % 3];
      const x = cropX + (flip ? ow - 1 - column : column);
      return pixels[((image * h + cropY + row) * w + x) * 3 + channel]! / 255; // the crop lies in the image
    });
    const brighten = () => (crop = crop.map((v) => clamp(v * brightness)));
    const pull = () => {
      const grey = crop.reduce((sum, v, i) => sum + v * GREY[i % 3]!, 0) / (oh * ow); // three weights
      crop = crop.map((v) => clamp(contrast * v + (1 - contrast) * grey));
    };
    for (const step of contrastFirst ? [pull, brighten] : [brighten, pull]) step();
    y.set(
      crop.map((v, i) => (v - MEAN[i % 3]!) / STD[i % 3]!), // three channels
      image * oh * ow * 3,
    );
  });
  return y;
}

const clamp = (v: number): number => Math.min(1, Math.max(0, v));
