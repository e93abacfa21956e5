/** Preprocessing as plain loops in float64: what the kernels are tested against. */
import type { Augmentation, ColourOperation, PreprocessSizes } from './augmentation.ts';

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const GREY = [0.2989, 0.587, 0.114];

type Pixel = readonly number[];

/** One image [h, w, 3] → [oh, ow, 3]. */
export function preprocessReference(
  image: Uint8Array,
  sizes: PreprocessSizes,
  change: Augmentation,
): Float64Array {
  const { oh, ow } = sizes;
  let pixels: Pixel[] = Array.from({ length: oh * ow }, (_, i) =>
    sampled(image, sizes, change, change.flip ? ow - 1 - (i % ow) : i % ow, Math.floor(i / ow)),
  );
  for (const operation of change.order) pixels = recoloured(pixels, operation, change[operation]);
  return Float64Array.from(pixels.flatMap((pixel) => pixel.map((v, c) => (v - MEAN[c]!) / STD[c]!))); // three channels
}

/** The pixel of the crop at `column` and `row`, before the flip: the mean of bilinear samples over what it covers. */
function sampled(
  image: Uint8Array,
  { h, w, oh, ow }: PreprocessSizes,
  change: Augmentation,
  column: number,
  row: number,
): Pixel {
  const { crop, rotation } = change;
  const [scaleX, scaleY] = [crop.width / ow, crop.height / oh];
  const count = (scale: number) => Math.min(16, Math.max(1, Math.ceil(scale)));
  const [across, down] = [count(scaleX), count(scaleY)];
  const sum = [0, 0, 0];
  for (let i = 0; i < across * down; i++) {
    const fromMiddleX = (column + ((i % across) + 0.5) / across - ow / 2) * scaleX;
    const fromMiddleY = (row + (Math.floor(i / across) + 0.5) / down - oh / 2) * scaleY;
    // The picture turns clockwise, so what is seen at a place was before at one turned the other way.
    const x = crop.x + crop.width / 2 + Math.cos(rotation) * fromMiddleX + Math.sin(rotation) * fromMiddleY;
    const y = crop.y + crop.height / 2 - Math.sin(rotation) * fromMiddleX + Math.cos(rotation) * fromMiddleY;
    const pixel = bilinear(image, h, w, x - 0.5, y - 0.5);
    pixel.forEach((v, c) => (sum[c]! += v / (across * down))); // three channels
  }
  return sum;
}

function bilinear(image: Uint8Array, h: number, w: number, x: number, y: number): Pixel {
  const at = (column: number, row: number, channel: number) =>
    image[(clamp(row, h - 1) * w + clamp(column, w - 1)) * 3 + channel]! / 255; // clamped into the image
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [x - left, y - top];
  return [0, 1, 2].map(
    (c) =>
      (1 - bottom) * ((1 - right) * at(left, top, c) + right * at(left + 1, top, c)) +
      bottom * ((1 - right) * at(left, top + 1, c) + right * at(left + 1, top + 1, c)),
  );
}

function recoloured(pixels: readonly Pixel[], operation: ColourOperation, factor: number): Pixel[] {
  const grey = (pixel: Pixel) => pixel.reduce((sum, v, c) => sum + v * GREY[c]!, 0); // three channels
  const mean = pixels.reduce((sum, pixel) => sum + grey(pixel), 0) / pixels.length;
  return pixels.map((pixel) => {
    const other = { brightness: 0, contrast: mean, saturation: grey(pixel) }[operation];
    return pixel.map((v) => clamp(factor * v + (1 - factor) * other, 1));
  });
}

const clamp = (v: number, most: number): number => Math.min(most, Math.max(0, v));
