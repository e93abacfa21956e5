// From the samples that libvips gives to RGB, in Pillow's arithmetic and graft's.
import { ImageError } from '../../../data/errors.ts';
import { type Colour, layOver } from '../../../data/image.ts';

export interface Samples {
  /** 3: RGB. 4: RGB and opacity, or inks. More: the rest means nothing to Pillow either. */
  readonly channels: number;
  /** Whether they are cyan, magenta, yellow and black, 255 for all of an ink. */
  readonly isCmyk: boolean;
  /** What shows through transparent pixels. */
  readonly background: Colour | undefined;
}

/** Samples [H, W, channels] as RGB [H, W, 3]; the same bytes where that is what they are. */
export function rgbOf(samples: Uint8Array, { channels, isCmyk, background }: Samples): Uint8Array {
  if (channels < (isCmyk ? 4 : 3))
    throw new ImageError(`has pixels of ${channels} numbers, which are no colours`);
  if (channels === 3) return samples;
  const pixels = samples.length / channels;
  const out = new Uint8Array(3 * pixels);
  for (let i = 0, from = 0, to = 0; i < pixels; i++, from += channels, to += 3) {
    const last = samples[from + 3] ?? 0;
    for (let channel = 0; channel < 3; channel++) {
      const sample = samples[from + channel] ?? 0;
      out[to + channel] = isCmyk ? withoutInk(sample, 255 - last) : sample;
    }
    if (background && !isCmyk) layOver(out, to, last, background);
  }
  return out;
}

/** Pillow's `cmyk2rgb`: of the light that black leaves, an ink takes its share, rounded as in its `MULDIV255`. */
function withoutInk(ink: number, light: number): number {
  const product = ink * light + 128;
  return light - ((product + (product >> 8)) >> 8);
}
