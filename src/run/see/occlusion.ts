/**
 * What moves a class's logit: the image with a grey patch over one place after another (Zeiler and Fergus 2014). Where the logit falls, the
 * network had seen something that speaks for the class; where it rises, something that spoke against it.
 */
import type { Network } from '../../nn/index.ts';
import { imageTensor } from '../../train/inputs/images.ts';
import { batchesInOrder } from '../../train/inputs/inputs.ts';
import { IMAGENET_MEAN, type DecodedImage } from '../../data/index.ts';

/** How the patch is moved, in pixels of the image as the network sees it. */
export interface Patch {
  readonly side: number;
  readonly stride: number;
}

export interface Occlusion {
  /** Of the places where the patch was, row by row. */
  readonly rows: number;
  readonly columns: number;
  readonly patch: Patch;
  /** The logit of the image as it is. */
  readonly logit: number;
  /** [rows, columns]: the logit with the patch there, less the image's own. */
  readonly changes: Float32Array;
}

/** The colour that becomes 0 by normalisation: what the network is used to on average. */
const GREY = IMAGENET_MEAN.map((mean) => Math.round(255 * mean));
/** Images at once: more than a step of training takes, and no longer than a moment. */
const BATCH = 16;

export interface OcclusionControls {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  readonly batchSize?: number;
}

/** So many patches lie along a side: the last one touches its end. */
export const placesAlong = (length: number, { side, stride }: Patch): number =>
  Math.max(1, Math.ceil((length - side) / stride) + 1);

/**
 * How the logit of class `index` changes with the patch, in evaluation mode. Where two classes have a single logit, the first is its opposite.
 * Rejects with the signal's reason once it is aborted. Throws `RangeError` for a patch that is none.
 */
export async function occlude(
  model: Network,
  image: DecodedImage,
  index: number,
  patch: Patch,
  { signal, onProgress, batchSize = BATCH }: OcclusionControls = {},
): Promise<Occlusion> {
  if (!(patch.side >= 1 && patch.stride >= 1))
    throw new RangeError('A patch has a side and a stride of a pixel at least.');
  const { width, height } = image;
  const [rows, columns] = [placesAlong(height, patch), placesAlong(width, patch)];
  const logits = new Float32Array(rows * columns + 1);
  const { training } = model;
  model.eval();
  try {
    for (const batch of batchesInOrder(logits.length, batchSize)) {
      signal?.throwIfAborted();
      // The first is the image as it is.
      const covered = Array.from(batch, (one) =>
        one === 0 ? image : withPatch(image, Math.floor((one - 1) / columns), (one - 1) % columns, patch),
      );
      const set = { width, height, image: (i: number) => covered[i]?.data ?? new Uint8Array() };
      const found = await model.gpu.scope(() =>
        model.forward(imageTensor(model.gpu, set, [...covered.keys()], width)).read(),
      );
      const outputs = found.length / covered.length;
      batch.forEach((one, i) => (logits[one] = logitOf(found, i, outputs, index)));
      onProgress?.((batch.at(-1) ?? 0) + 1, logits.length);
    }
  } finally {
    model.train(training);
  }
  const [logit = NaN] = logits;
  return { rows, columns, patch, logit, changes: logits.subarray(1).map((one) => one - logit) };
}

function logitOf(logits: Float32Array, image: number, outputs: number, index: number): number {
  if (outputs === 1) return (index === 0 ? -1 : 1) * (logits[image] ?? NaN);
  return logits[image * outputs + index] ?? NaN;
}

/** The image with the patch at its row and column of places; the last of each end with the image. */
function withPatch(
  { width, height, data }: DecodedImage,
  row: number,
  column: number,
  { side, stride }: Patch,
): DecodedImage {
  const out = data.slice();
  const { top, left } = { top: begin(row, stride, height, side), left: begin(column, stride, width, side) };
  for (let y = top; y < Math.min(top + side, height); y++)
    for (let x = left; x < Math.min(left + side, width); x++) out.set(GREY, 3 * (y * width + x));
  return { width, height, data: out };
}

/** Where the patch of that number begins along a side. */
export const begin = (number: number, stride: number, length: number, side: number): number =>
  Math.max(0, Math.min(number * stride, length - side));
