/** A first convolution's filters as pictures: they look at colours, so that their weights are colours too. */
import type { DecodedImage } from '../../data/index.ts';
import type { HostTensor } from '../../nn/index.ts';

/**
 * Each filter of a weight [K, 3, R, S] as an RGB picture, all at one scale: no weight is mid-grey, the largest of all, without their
 * signs, is full light or none. Throws `RangeError` for a filter of other than three channels.
 */
export function filterPictures({ shape, data }: HostTensor): DecodedImage[] {
  const [filters = 0, channels = 0, height = 0, width = 0] = shape;
  if (channels !== 3) throw new RangeError(`A filter over ${channels} channels has no colours.`);
  const largest = data.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
  const area = height * width;
  return Array.from({ length: filters }, (_, filter) => ({
    ...{ width, height },
    data: Uint8Array.from({ length: 3 * area }, (_, at) => {
      const [pixel, channel] = [Math.floor(at / 3), at % 3];
      const weight = data[(filter * 3 + channel) * area + pixel] ?? 0;
      return Math.round(127.5 * (1 + weight / largest));
    }),
  }));
}
