// The global average pools that tests and benchmarks run: every size that ResNet meets from 32 px (1×1) to 224 px
// (7×7) and beyond, with channel counts that no tile divides.
import { activationsOf, type NetworkSize } from '../../networks/resnet/activations.ts';
import { geometries } from '../../networks/resnet/geometry.ts';

/** x [n, h, w, c] → y [n, c], the mean over h and w. */
export interface AvgPoolCase {
  readonly name: string;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

/** ResNet-18's one global average pool at a batch and image size. */
export function resnet18Cases({ batch, size }: NetworkSize): readonly AvgPoolCase[] {
  const { channels, side } = activationsOf(geometries.resnet18, size).stages[3];
  return [{ name: 'resnet18-head', n: batch, h: side, w: side, c: channels }];
}

/** What the tests run: the odd shapes, then ResNet-18's at two images of 64 px. */
export const cases: readonly AvgPoolCase[] = [
  { name: 'one-element', n: 1, h: 1, w: 1, c: 1 },
  { name: '1x1', n: 3, h: 1, w: 1, c: 64 },
  { name: '7x7', n: 1, h: 7, w: 7, c: 512 },
  { name: 'three-channels', n: 2, h: 5, w: 3, c: 3 },
  { name: 'row-of-five-channels', n: 4, h: 1, w: 17, c: 5 },
  { name: 'past-a-tile', n: 5, h: 9, w: 8, c: 67 },
  { name: 'large-plane', n: 1, h: 57, w: 43, c: 3 },
  ...resnet18Cases({ batch: 2, size: 64 }),
];
