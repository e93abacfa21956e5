// The last two steps of a JPEG decoder as libjpeg takes them: chroma stored at half resolution is interpolated with a
// triangle filter ("fancy upsampling"), then YCbCr becomes RGB in 16-bit fixed point. jpeg-js repeats chroma instead,
// which shifts pixels at coloured edges by tens of levels against the images that pretrained weights have seen.

import type { JpegComponent } from './jpeg-header.ts';

/** The samples [H, W, 3] that jpeg-js gives without colour transform: Y, Cb, Cr, each repeated to full resolution. */
export interface YccImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Turns YCbCr [H, W, 3] with repeated chroma into RGB in place. */
export function yccToRgb(image: YccImage, components: readonly JpegComponent[]): void {
  const maxH = Math.max(...components.map((component) => component.horizontalSampling));
  const maxV = Math.max(...components.map((component) => component.verticalSampling));
  for (const channel of [1, 2]) {
    const { horizontalSampling = 1, verticalSampling = 1 } = components[channel] ?? {};
    const h = maxH / horizontalSampling;
    const v = maxV / verticalSampling;
    // libjpeg itself repeats at other ratios and in images of one or two chroma columns.
    if (h === 2 && (v === 1 || v === 2) && Math.ceil(image.width / 2) > 2) {
      interpolateChroma(image, channel, v);
    }
  }
  convert(image.data);
}

/* The loops below read typed arrays inside their bounds, which `!` states. */

/**
 * libjpeg's h2v1 and h2v2 `fancy_upsample`: every full-resolution sample is 3/4 the nearer chroma sample and 1/4 the
 * next one, along rows and, if `vertical` is 2, along columns; roundings alternate so that they do not add up.
 */
function interpolateChroma({ width, height, data }: YccImage, channel: number, vertical: 1 | 2): void {
  const columns = Math.ceil(width / 2);
  const rows = Math.ceil(height / vertical);
  const chroma = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      chroma[y * columns + x] = data[3 * (y * vertical * width + 2 * x) + channel]!;
    }
  }
  // Both cases in sixteenths or quarters: a column sum weighs 4 or 1, then rows weigh 3 and 1.
  const shift = vertical === 2 ? 4 : 2;
  const roundLeft = vertical === 2 ? 8 : 1;
  const roundRight = vertical === 2 ? 7 : 2;
  const sums = new Int32Array(columns);
  for (let y = 0; y < height; y++) {
    const near = Math.floor(y / vertical);
    const next = Math.min(Math.max(y % 2 === 0 ? near - 1 : near + 1, 0), rows - 1);
    for (let x = 0; x < columns; x++) {
      const value = chroma[near * columns + x]!;
      sums[x] = vertical === 2 ? 3 * value + chroma[next * columns + x]! : value;
    }
    let to = 3 * y * width + channel;
    for (let x = 0; x < width; x++, to += 3) {
      const at = x >> 1;
      const isRight = (x & 1) === 1;
      const neighbour = Math.min(Math.max(isRight ? at + 1 : at - 1, 0), columns - 1);
      const round = isRight ? roundRight : roundLeft;
      data[to] = (3 * sums[at]! + sums[neighbour]! + round) >> shift;
    }
  }
}

/** ITU-R BT.601 as JFIF has it, in libjpeg's 16-bit fixed point. */
function convert(data: Uint8Array): void {
  for (let i = 0; i < data.length; i += 3) {
    const y = data[i]!;
    const cb = data[i + 1]! - 128;
    const cr = data[i + 2]! - 128;
    data[i] = clamp(y + ((91881 * cr + 32768) >> 16));
    data[i + 1] = clamp(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
    data[i + 2] = clamp(y + ((116130 * cb + 32768) >> 16));
  }
}

const clamp = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : value);
