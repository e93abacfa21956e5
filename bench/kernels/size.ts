// What the kernels' benchmarks have in common: the network's size that their shapes come from, and how a shape is written.
import type { NetworkSize } from '../../src/kernels/resnet18-shapes.ts';

export type { NetworkSize };

/** `layer1 8×128²`: the part of the network, images a batch, and the side of the photos in pixels. */
export const shapeName = (part: string, { batch, size }: NetworkSize): string =>
  `${part.replace('resnet18-', '')} ${batch}×${size}²`;

export interface KernelOptions extends NetworkSize {
  /** Every algorithm that the adapter can run, in place of the one that the engine would choose. */
  readonly allVariants: boolean;
}
