/**
 * The parts that a Winograd convolution is worked on in, since its transformed tensors are what it needs beside a network's
 * activations: those of images are two to four times as large as the images, and a weight's four times as large as the weight.
 * Either the batch is cut or the channels of the weight. Cutting both would transform one of them again for each part of the
 * other; and where a batch is large enough to be cut, its activations are larger than a weight.
 */
import type { Gpu } from '../../../gpu/index.ts';
import { itemsPerBinding } from '../../chunks.ts';
import { imageParts, type ImagePart } from '../batch-parts.ts';
import { outputSize, type Conv2dShape } from '../shape.ts';
import type { TileSize } from './matrices.ts';
import { bytesOfImage, positionsOf } from './tiling.ts';

/**
 * Bytes of a part's transformed tensors: on software adapters of the larger one of images, and of a weight. There it costs next
 * to no time (docs/decisions.md). GPUs want work for all of their threads in each dispatch, and have the memory for it.
 */
const PART_BYTES = {
  software: { images: 16 * 2 ** 20, weight: 18 * 2 ** 20 },
  gpu: { images: 64 * 2 ** 20, weight: 64 * 2 ** 20 },
} as const;

/** Channels go to parts by so many, the width of a tile of the products. */
const CHANNEL_STEP = 64;

/**
 * The batch in equal parts whose transformed tensors are of the adapter's PART_BYTES at the most, of more only where bindings could not
 * start between such parts. Throws as `imageParts` does.
 */
export function winogradParts(
  gpu: Gpu,
  shape: Conv2dShape,
  storages: Parameters<typeof imageParts>[2],
  m: TileSize,
): ImagePart[] {
  const { n, h, w } = shape;
  const { oh, ow } = outputSize(shape);
  const { bindingAlignment, maxBindingBytes: most } = gpu;
  const [x, y, transformed] = bytesOfImage(shape, m);
  const fitting = (maxBindingBytes: number) =>
    itemsPerBinding({ maxBindingBytes, bindingAlignment }, n, x, y, transformed);
  let images = fitting(Math.min(partBytes(gpu).images, most)) || fitting(most); // not 0: suitsWinograd has seen it
  const even = Math.ceil(n / Math.ceil(n / images));
  const evenLimits = { maxBindingBytes: even * Math.max(x, y), bindingAlignment };
  if (itemsPerBinding(evenLimits, n, x, y) === even) images = even;
  return imageParts(gpu, shape, storages, images * Math.max(h * w, oh * ow));
}

/** Some of a weight's input or output channels. */
export interface ChannelPart {
  readonly first: number;
  readonly count: number;
}

/**
 * `channels` of a weight in equal parts of PART_BYTES at the most once transformed, each channel with `others` of the other
 * side; in one part where the batch is in several.
 */
export function channelParts(
  gpu: Gpu,
  channels: number,
  others: number,
  m: TileSize,
  imageParts: number,
): ChannelPart[] {
  const bytes = positionsOf(m) * others * CHANNEL_STEP * 4;
  const steps = Math.ceil(channels / CHANNEL_STEP);
  const count =
    imageParts > 1 ? 1 : Math.ceil(steps / Math.max(1, Math.floor(partBytes(gpu).weight / bytes)));
  const each = Math.ceil(steps / count) * CHANNEL_STEP;
  const parts: ChannelPart[] = [];
  for (let first = 0; first < channels; first += each)
    parts.push({ first, count: Math.min(each, channels - first) });
  return parts;
}

const partBytes = ({ software }: Gpu) => PART_BYTES[software ? 'software' : 'gpu'];
