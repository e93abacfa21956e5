/** Numbers of layers, photos and maps as pixels. */
import type { DecodedImage } from '../../../../src/data/image.ts';
import { overlay } from '../../../../src/train/explain/overlay.ts';
import type { ClassMap } from '../../../../src/train/explain/grad-cam.ts';
import { plainColour, signedColour } from './colours.ts';

/** Values `[height, width, channels]`. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: ArrayLike<number>;
}

/** How values become colours: divided by the largest, with signs or without. */
export interface Scale {
  readonly largest: number;
  readonly isSigned: boolean;
}

/** One channel of a grid. */
export function channelPixels(grid: Grid, channel: number, scale: Scale): ImageData {
  const { height, width, channels, values } = grid;
  const image = new ImageData(width, height);
  paintInto(image, 0, 0, { height, width, at: (place) => values[place * channels + channel] ?? 0 }, scale);
  return image;
}

/** A picture's part. */
interface Cell {
  readonly height: number;
  readonly width: number;
  readonly at: (place: number) => number;
}

/** Fills a part of an image; not a number is shown in pure green, which no scale has. */
export function paintInto(
  image: ImageData,
  top: number,
  left: number,
  { height, width, at }: Cell,
  { largest, isSigned }: Scale,
): void {
  const colourOf = isSigned ? signedColour : plainColour;
  for (let place = 0; place < height * width; place++) {
    const share = largest > 0 ? at(place) / largest : 0;
    const colour = Number.isNaN(share) ? ([0, 255, 0] as const) : colourOf(share);
    const to = 4 * ((top + Math.floor(place / width)) * image.width + left + (place % width));
    image.data.set(colour, to);
    image.data[to + 3] = 255;
  }
}

export function photoPixels({ width, height, data }: DecodedImage): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.set(data.subarray(3 * i, 3 * i + 3), 4 * i);
    image.data[4 * i + 3] = 255;
  }
  return image;
}

/** What spoke for a class, over the photo. */
export const mapPixels = (photo: DecodedImage, map: ClassMap): ImageData => photoPixels(overlay(photo, map));

/** The largest value of each channel, without signs, and whether any is negative. */
export function extremes(grids: readonly Grid[]): {
  readonly ofChannels: Float32Array;
  readonly largest: number;
  readonly isSigned: boolean;
} {
  const channels = grids[0]?.channels ?? 0;
  const ofChannels = new Float32Array(channels);
  let isSigned = false;
  for (const { values } of grids)
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      const c = i % channels;
      if (value < 0) isSigned = true;
      if (Math.abs(value) > (ofChannels[c] ?? 0)) ofChannels[c] = Math.abs(value);
    }
  return { ofChannels, largest: ofChannels.reduce((a, b) => Math.max(a, b), 0), isSigned };
}
