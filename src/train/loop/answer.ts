/** What a network says of single images. */
import type { Gpu } from '../../gpu/index.ts';
import type { Network } from '../../nn/index.ts';
import { TrainingError } from '../errors.ts';
import { imageTensor } from '../inputs/images.ts';
import { probabilities, type LossName } from './loss-kinds.ts';

/** Equally large images, RGB bytes [count, height, width, 3]. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** What a network makes of an image. */
export interface ImageAnswer {
  /** The probability of each class. */
  readonly shares: number[];
  /** [featureCount] */
  readonly features: Float32Array;
}

/**
 * What `model` makes of each of `count` images of the network's own size [count, size, size, 3]. The model must be in
 * evaluation mode. Throws `TrainingError` if its answers are not finite.
 */
export async function answer(
  model: Network,
  { height, width, data }: Pixels,
  count: number,
  loss: LossName,
): Promise<ImageAnswer[]> {
  const gpu: Gpu = model.gpu;
  const indices = Array.from({ length: count }, (_, i) => i);
  const bytes = height * width * 3;
  const image = (index: number) => data.subarray(index * bytes, (index + 1) * bytes);
  const [logits, features] = await gpu.scope(() => {
    const features = model.features(imageTensor(gpu, { height, width, image }, indices, width));
    return Promise.all([model.logits(features).read(), features.read()]);
  });
  if (!logits.every(Number.isFinite)) {
    const isHalf = model.parameters().some(({ dtype }) => dtype === 'f16');
    throw isHalf
      ? new TrainingError(
          'The network answers with numbers that are not finite: its weights or activations exceed 65,504, the largest number that f16 can hold.',
          'half-overflow',
        )
      : new TrainingError(
          'The network answers with numbers that are not finite: its weights are damaged, or its training diverged. Take another checkpoint, or train again with a lower learning rate.',
        );
  }
  const outputs = logits.length / count;
  const { featureCount } = model;
  return indices.map((i) => ({
    shares: probabilities(logits.subarray(i * outputs, (i + 1) * outputs), loss),
    features: features.subarray(i * featureCount, (i + 1) * featureCount),
  }));
}
