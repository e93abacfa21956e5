// The sizes of ResNet-18's activations, from which the case lists of the operations take the network's real
// shapes. It stands here and not in nn/ since the kernels' tests and benchmarks must not need the network.
import { outputLength } from './output-length.ts';

/** The run that the shapes are taken from: images a batch, and the side of the square image in pixels. */
export interface NetworkSize {
  readonly batch: number;
  readonly size: number;
}

/** One of the four stages: its output is [N, side, side, channels]. */
export interface Stage {
  readonly name: string;
  readonly channels: number;
  readonly side: number;
}

/**
 * Sides of ResNet-18's activations for square images of `size` pixels (He et al. 2015, table 1):
 * `stem` after the 7×7 convolution, `pooled` after the max-pool, then the four stages.
 */
export function resnet18Sides(size: number): {
  readonly stem: number;
  readonly pooled: number;
  readonly stages: readonly [Stage, Stage, Stage, Stage];
} {
  const stem = outputLength(size, 7, 2, 3);
  const pooled = outputLength(stem, 3, 2, 1);
  const side2 = outputLength(pooled, 3, 2, 1);
  const side3 = outputLength(side2, 3, 2, 1);
  const side4 = outputLength(side3, 3, 2, 1);
  return {
    stem,
    pooled,
    stages: [
      { name: 'layer1', channels: 64, side: pooled },
      { name: 'layer2', channels: 128, side: side2 },
      { name: 'layer3', channels: 256, side: side3 },
      { name: 'layer4', channels: 512, side: side4 },
    ],
  };
}
