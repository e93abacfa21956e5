/** What can be asked of the step. */
import type { NetworkName } from '../../../../src/networks/index.ts';
import type { Statistics } from '../../../../src/train/loop/freeze.ts';

export const batchSizes = [1, 2, 4, 8, 16, 32, 64] as const;
export const sizes = [32, 64, 96, 128, 160, 224, 256] as const;

export interface Choice {
  readonly network: NetworkName;
  /** Photos of a batch, and pixels a side. */
  readonly batchSize: number;
  readonly size: number;
  /** The first stage that is trained; those after it are trained, too. */
  readonly firstTrained: number;
  readonly bn: Statistics;
  /** Whether convolutions may be computed by Winograd's algorithm. */
  readonly withWinograd: boolean;
  /** Whether running statistics are applied within the convolution's kernel. */
  readonly fused: boolean;
}

/** The families of algorithms that the engine is to do without. */
export const withoutOf = (withWinograd: boolean): readonly string[] => (withWinograd ? [] : ['winograd']);
