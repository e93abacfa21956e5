// How opaque a PNG's pixels are (W3C PNG 3rd edition, §§ 6.2 and 11.3.1): from its alpha channel, from its palette's,
// or from the one colour that is declared transparent. Read only where somebody wants a background behind the pixels.

import { ImageError } from './errors.ts';
import { COLOUR, type PngHeader } from './png-chunks.ts';

/**
 * The opacity, 0 … 255, of pixel `x` of a scanline: `line` holds its unfiltered bytes, `samples` one byte per sample.
 */
export type AlphaReader = (line: Uint8Array, samples: Uint8Array, x: number) => number;

/**
 * Gives the way to read a PNG's opacity; undefined if all of it is opaque. `transparency` is the data of its tRNS.
 * @throws ImageError if that is too short to name a colour.
 */
export function alphaReader(
  { colourType, depth }: PngHeader,
  transparency: Uint8Array | undefined,
): AlphaReader | undefined {
  if (colourType & COLOUR.alpha) {
    const stride = colourType & COLOUR.colour ? 4 : 2;
    return (_line, samples, x) => samples[x * stride + stride - 1] ?? 255;
  }
  if (!transparency) return undefined;
  if (colourType & COLOUR.palette) return (_line, samples, x) => transparency[samples[x] ?? 0] ?? 255;

  const channels = colourType & COLOUR.colour ? 3 : 1;
  if (transparency.length < 2 * channels)
    throw new ImageError(`is a corrupt PNG (its transparent colour has ${transparency.length} bytes)`);
  const word = (bytes: Uint8Array, i: number) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0);
  const key = Array.from({ length: channels }, (_, i) => word(transparency, i));
  // All 16 bits count: neighbours of the transparent colour that share its high byte are opaque.
  return (line, samples, x) => {
    const sample = (i: number) => (depth === 16 ? word(line, i) : samples[i]);
    return key.every((value, i) => sample(x * channels + i) === value) ? 0 : 255;
  };
}
