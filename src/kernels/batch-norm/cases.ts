// The batch norms that tests and benchmarks run. No case has fewer than four values per channel: with two, x̂ is ±1
// whatever the input and the input's gradient is rounding noise, so that a comparison would prove nothing.
import { normsAt, type NetworkSize } from '../../networks/resnet/activations.ts';
import { geometries } from '../../networks/resnet/geometry.ts';

/** x [n, h, w, c], normalised over n, h and w for each channel. */
export interface BatchNormCase {
  readonly name: string;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly eps: number;
  /** Mean of the input, whose values are within ±1 of it: large means show a variance computed as E[x²] − E[x]². */
  readonly inputMean: number;
}

/** A batch norm of ResNet-18 and how many times a forward pass runs it. */
export interface CountedBatchNormCase extends BatchNormCase {
  readonly count: number;
}

/** The 5 distinct batch norms of ResNet-18 (20 with their counts) at a batch and image size. */
export function resnet18Cases({ batch, size }: NetworkSize): readonly CountedBatchNormCase[] {
  return normsAt(geometries.resnet18, size).map(({ name, side, channels, count }) => {
    const shape = { n: batch, h: side, w: side, c: channels };
    return { name: `resnet18-${name}`, ...shape, eps: 1e-5, inputMean: 0, count };
  });
}

const odd: readonly BatchNormCase[] = [
  { name: 'one-channel', n: 1, h: 2, w: 3, c: 1, eps: 1e-5, inputMean: 0 },
  { name: 'one-image-7x7', n: 1, h: 7, w: 7, c: 64, eps: 1e-5, inputMean: 0 },
  { name: '1x1', n: 6, h: 1, w: 1, c: 5, eps: 1e-5, inputMean: 0 },
  { name: 'three-channels', n: 2, h: 9, w: 5, c: 3, eps: 1e-5, inputMean: 0.5 },
  { name: 'five-channels-column', n: 3, h: 13, w: 1, c: 5, eps: 1e-3, inputMean: -2 },
  { name: 'past-a-tile', n: 5, h: 7, w: 11, c: 67, eps: 1e-5, inputMean: 0 },
  { name: 'wide-and-short', n: 4, h: 1, w: 1, c: 515, eps: 1e-5, inputMean: 0 },
  { name: 'large-mean', n: 4, h: 8, w: 8, c: 6, eps: 1e-5, inputMean: 100 },
  { name: 'long-sum', n: 6, h: 61, w: 59, c: 2, eps: 1e-5, inputMean: 1 },
];

/** What the tests run: the odd shapes, then ResNet-18's at two images of 64 px. */
export const cases: readonly BatchNormCase[] = [
  ...odd,
  ...resnet18Cases({ batch: 2, size: 64 }).map(({ count: _count, ...norm }) => norm),
];

/** Momentum of the running statistics in every case: running ← 0.9 · running + 0.1 · batch, PyTorch's default. */
export const momentum = 0.1;
