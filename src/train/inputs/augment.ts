/**
 * How photos are varied in training: a crop, a flip, colours. What happens to an image is drawn from a stream of its
 * own (seed, epoch, index), so it depends neither on the batch that the image falls into nor on what was drawn before:
 * a resumed run and another machine see the same pictures.
 */
import type { Transform } from '../../data/index.ts';
import {
  centreCrop,
  type Augmentation,
  type ColourOperation,
  type Rectangle,
} from '../../kernels/preprocess/index.ts';
import { lookUp, namesOf } from '../../names.ts';
import { createRandom, type Random } from '../../random.ts';

/** What an augmentation may do; every photo is varied afresh in each epoch. */
interface Policy {
  /** Where the crop comes from: the output's own size at a random place, or a random part that is resized to it. */
  readonly crop: 'shifted' | { readonly area: Range; readonly aspect: number };
  /** The most that the crop is rotated either way, in degrees. */
  readonly rotation: number;
  /** The most that a colour factor differs from 1. */
  readonly jitter: Readonly<Record<ColourOperation, number>>;
}

type Range = readonly [least: number, most: number];

/** A new augmentation is an entry here. */
export const augmentations = {
  /** Photos as validation shows them. */
  none: null,
  /** RandomCrop and ColorJitter(0.2, 0.2) of the classic small fine-tuning program. */
  seed: { crop: 'shifted', rotation: 0, jitter: { brightness: 0.2, contrast: 0.2, saturation: 0 } },
  /** The same, and colours a little paler or stronger. */
  standard: { crop: 'shifted', rotation: 0, jitter: { brightness: 0.2, contrast: 0.2, saturation: 0.2 } },
  /** RandomResizedCrop, wide colours and a small rotation: for many epochs, and for training from random weights. */
  strong: {
    crop: { area: [0.35, 1], aspect: 4 / 3 },
    rotation: 15,
    jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4 },
  },
} as const satisfies Record<string, Policy | null>;

export type AugmentName = keyof typeof augmentations;
export const augmentNames = namesOf(augmentations);

const policyOf = (augment: AugmentName): Policy | null =>
  lookUp<Policy | null>(augmentations, augment, 'augmentation');

/** Training photos are this much larger than the crop: 150 pixels for a crop of 128. */
const ROOM = 150 / 128;
/** Keeps these random streams apart from those of the split, the shuffle and the head. */
const AUGMENT_STREAM = 0xa06;

/**
 * How files become images of `size` × `size` pixels (validation) or of what is cropped to that (training). Throws
 * `UnknownNameError`.
 */
export function transformsFor(size: number, augment: AugmentName): { train: Transform; valid: Transform } {
  const square = (side: number): Transform => ({ kind: 'resize', width: side, height: side });
  return {
    train: square(policyOf(augment) === null ? size : Math.round(size * ROOM)),
    valid: square(size),
  };
}

/** The size in pixels of the images, and that of the square that they become. */
export interface Room {
  readonly height: number;
  readonly width: number;
  readonly size: number;
}

/** What an image's changes depend on, and nothing else. */
export interface DrawKey {
  readonly seed: number;
  readonly epoch: number;
  readonly index: number;
}

/** Draws what `augment` does to image `index` in `epoch`. Throws `UnknownNameError`. */
export function drawAugmentation(
  augment: AugmentName,
  room: Room,
  { seed, epoch, index }: DrawKey,
): Augmentation {
  const { height, width, size } = room;
  const policy = policyOf(augment);
  if (policy === null) return centreCrop({ h: height, w: width, oh: size, ow: size });
  const { crop, rotation, jitter } = policy;
  const random = createRandom(seed, AUGMENT_STREAM, epoch, index);
  const within = (most: number) => most * (2 * random.uniform() - 1);
  // In the order of the stream. What `seed` does not use is drawn last, so that its pictures stay what they were.
  const shown = {
    crop: crop === 'shifted' ? shiftedCrop(room, random) : resizedCrop(room, crop, random),
    flip: random.below(2) === 1,
    brightness: 1 + within(jitter.brightness),
    contrast: 1 + within(jitter.contrast),
  };
  const order: ColourOperation[] =
    random.below(2) === 1 ? ['contrast', 'brightness'] : ['brightness', 'contrast'];
  if (jitter.saturation > 0) order.splice(random.below(3), 0, 'saturation');
  return {
    ...shown,
    order,
    saturation: 1 + within(jitter.saturation),
    rotation: within((rotation * Math.PI) / 180),
  };
}

function shiftedCrop({ height, width, size }: Room, random: Random): Rectangle {
  return { x: random.below(width - size + 1), y: random.below(height - size + 1), width: size, height: size };
}

/** Rectangles that leave the image are drawn again this often, as in torchvision. */
const ATTEMPTS = 10;

/**
 * Szegedy et al. 2015 and torchvision's RandomResizedCrop: a share of the area and an aspect ratio within 1/aspect …
 * aspect (on a logarithmic scale), anywhere in the image. Numbers are rounded to f32, since exp and log may differ in
 * their last bit between engines.
 */
function resizedCrop(
  { height, width }: Room,
  { area: [least, most], aspect }: { readonly area: Range; readonly aspect: number },
  random: Random,
): Rectangle {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = width * height * (least + (most - least) * random.uniform());
    const ratio = Math.exp(Math.log(aspect) * (2 * random.uniform() - 1));
    const crop = {
      width: Math.fround(Math.sqrt(area * ratio)),
      height: Math.fround(Math.sqrt(area / ratio)),
    };
    if (crop.width > width || crop.height > height) continue;
    return {
      x: Math.fround(random.uniform() * (width - crop.width)),
      y: Math.fround(random.uniform() * (height - crop.height)),
      ...crop,
    };
  }
  return largestCrop(width, height, aspect);
}

/** The largest rectangle of an allowed shape, in the middle: what torchvision falls back to. */
function largestCrop(width: number, height: number, aspect: number): Rectangle {
  const crop = { width: Math.min(width, height * aspect), height: Math.min(height, width * aspect) };
  return { x: (width - crop.width) / 2, y: (height - crop.height) / 2, ...crop };
}
