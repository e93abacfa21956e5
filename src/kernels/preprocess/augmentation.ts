/**
 * What may happen to an image on its way to the network, and how the kernels read it: twelve words per image, computed
 * here once so that no thread has to.
 */

/** A rectangle in pixels of the image, from the left and upper edge of its first pixel; it may cut through pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What may happen to the colours of an image. */
export type ColourOperation = 'brightness' | 'contrast' | 'saturation';

/** What happens to one image: crop (resampled if it does not have the output's size), rotation, flip, then the colours. */
export interface Augmentation {
  readonly crop: Rectangle;
  /** Turns the picture clockwise about the crop's middle, in radians; what lies past the photo's edge repeats it. */
  readonly rotation: number;
  /** Mirrors the crop left to right. */
  readonly flip: boolean;
  /** 1 leaves the image as it is, 0 makes it black. */
  readonly brightness: number;
  /** 1 leaves the image as it is, 0 makes it grey all over. */
  readonly contrast: number;
  /** 1 leaves the image as it is, 0 takes its colours away. */
  readonly saturation: number;
  /** The order of the colour operations; torchvision's ColorJitter draws it too. Those left out are not done. */
  readonly order: readonly ColourOperation[];
}

/** Height and width of the images and of the result. */
export interface PreprocessSizes {
  readonly h: number;
  readonly w: number;
  readonly oh: number;
  readonly ow: number;
}

/** Which image of the block becomes which image of the result. */
export interface PreprocessJob extends Augmentation {
  readonly source: number;
  readonly destination: number;
}

/**
 * The crop in the centre as torchvision's CenterCrop makes it, and nothing else.
 *
 * ```ts
 * centreCrop({ h: 4, w: 6, oh: 2, ow: 2 }).crop; // → { x: 2, y: 1, width: 2, height: 2 }
 * ```
 */
export function centreCrop({ h, w, oh, ow }: PreprocessSizes): Augmentation {
  return {
    crop: { x: centreStart(w, ow), y: centreStart(h, oh), width: ow, height: oh },
    rotation: 0,
    flip: false,
    brightness: 1,
    contrast: 1,
    saturation: 1,
    order: [],
  };
}

/** Half the rest, with halves rounded to the even neighbour. */
function centreStart(length: number, crop: number): number {
  const below = Math.floor((length - crop) / 2);
  return (length - crop) % 2 === 0 || below % 2 === 0 ? below : below + 1;
}

/** Whether the grey mean of the image is needed. */
export const usesContrast = ({ order, contrast }: Augmentation): boolean =>
  contrast !== 1 && order.includes('contrast');

/**
 * How a pixel of the result comes from the image: it is one of its pixels, a bilinear sample between them, or, where the image
 * shrinks, the mean of several samples.
 */
export type Reading = 'pixel' | 'sample' | 'mean';
export const readings: readonly Reading[] = ['pixel', 'sample', 'mean'];

/** The way that fits a job: samples where it rotates, resizes or cuts through pixels. */
export function readingOf(job: Augmentation, sizes: PreprocessSizes): Reading {
  const { x, y } = placement(job, sizes).samples;
  if (x === 0) return 'pixel';
  return x * y === 1 ? 'sample' : 'mean';
}

/** The kernels' `jobs`: see `Job` in their text. */
export const JOB_WORDS = 12;
export const operationCodes = { none: 0, brightness: 1, contrast: 2, saturation: 3 } as const;
/** Shrinking by more than this leaves pixels out: 16 × 16 bilinear samples per pixel are enough for a picture. */
const MAX_SAMPLES = 16;

/** Packs jobs for one dispatch whose result begins at image `firstDestination` of the whole, with room for `most` jobs. */
export function packJobs(
  jobs: readonly PreprocessJob[],
  sizes: PreprocessSizes,
  firstDestination: number,
  most: number,
): Uint32Array {
  const words = new Uint32Array(most * JOB_WORDS);
  const floats = new Float32Array(words.buffer);
  jobs.forEach((job, i) => {
    const at = i * JOB_WORDS;
    const { samples, origin, across, down } = placement(job, sizes);
    const order = job.order
      .filter((operation) => job[operation] !== 1)
      .reduce((codes, operation, place) => codes | (operationCodes[operation] << (2 * place)), 0);
    words.set([job.source, job.destination - firstDestination], at);
    words[at + 2] = order | (samples.x << 8) | (samples.y << 16);
    floats.set([job.brightness, ...origin, ...across, ...down, job.contrast, job.saturation], at + 3);
  });
  return words;
}

type Vector = readonly [x: number, y: number];

/**
 * Where the pixels of the result lie in the image, in its pixels' own columns and rows: that of column c and row r at
 * origin + c · across + r · down, as the mean of `samples` points around it. Zero samples mean that it is a pixel itself.
 */
function placement({ crop, rotation, flip }: Augmentation, { ow, oh }: PreprocessSizes) {
  const { x, y, width, height } = crop;
  const scale = { x: width / ow, y: height / oh };
  if (rotation === 0 && width === ow && height === oh && Number.isInteger(x) && Number.isInteger(y)) {
    const origin: Vector = [flip ? x + ow - 1 : x, y];
    return { samples: { x: 0, y: 0 }, origin, across: [flip ? -1 : 1, 0] as const, down: [0, 1] as const };
  }
  const [cos, sin] = [Math.cos(rotation), -Math.sin(rotation)]; // the picture turns against its crop
  const stepX = flip ? -scale.x : scale.x;
  const across: Vector = [cos * stepX, sin * stepX];
  const down: Vector = [-sin * scale.y, cos * scale.y];
  const fromMiddle = { columns: (1 - ow) / 2, rows: (1 - oh) / 2 };
  const origin: Vector = [
    x + width / 2 - 0.5 + fromMiddle.columns * across[0] + fromMiddle.rows * down[0],
    y + height / 2 - 0.5 + fromMiddle.columns * across[1] + fromMiddle.rows * down[1],
  ];
  return { samples: { x: sampleCount(scale.x), y: sampleCount(scale.y) }, origin, across, down };
}

/** Bilinear samples along one side of a result's pixel that covers `scale` pixels of the image: no pixel is left out. */
const sampleCount = (scale: number): number => Math.min(MAX_SAMPLES, Math.max(1, Math.ceil(scale)));
