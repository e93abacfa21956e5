// The max-pools that tests and benchmarks run. Ties are cases of their own: after a ReLU most windows of a real
// network hold several zeros, and PyTorch sends the gradient to the first of them in row order.
import { activationsOf, type NetworkSize } from '../../networks/resnet/activations.ts';
import { geometries } from '../../networks/resnet/geometry.ts';

/** x [n, h, w, c]; padding counts as −∞, so that it never wins. */
export interface MaxPoolCase {
  readonly name: string;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** The input takes only the values −1, −½, 0 and ½, so that nearly every window ties. */
  readonly ties: boolean;
}

/** ResNet-18's one max-pool at a batch and image size. */
export function resnet18Cases({ batch, size }: NetworkSize): readonly MaxPoolCase[] {
  const { pool } = geometries.resnet18;
  const { side, channels } = activationsOf(geometries.resnet18, size).stem;
  return [{ name: 'resnet18-stem', n: batch, h: side, w: side, c: channels, ...pool, ties: false }];
}

/** What the tests run: the odd shapes, then ResNet-18's at two images of 64 px. */
export const cases: readonly MaxPoolCase[] = [
  { name: 'one-element', n: 1, h: 1, w: 1, c: 1, kernel: 1, stride: 1, padding: 0, ties: false },
  { name: '3x3-on-1x1', n: 2, h: 1, w: 1, c: 5, kernel: 3, stride: 2, padding: 1, ties: false },
  { name: '3x3-on-7x7', n: 1, h: 7, w: 7, c: 3, kernel: 3, stride: 2, padding: 1, ties: false },
  { name: '3x3-on-7x7-ties', n: 2, h: 7, w: 7, c: 5, kernel: 3, stride: 2, padding: 1, ties: true },
  { name: '3x3-even-oblong-ties', n: 1, h: 8, w: 6, c: 64, kernel: 3, stride: 2, padding: 1, ties: true },
  { name: '3x3-stride-1-ties', n: 1, h: 6, w: 9, c: 4, kernel: 3, stride: 1, padding: 1, ties: true },
  { name: '2x2', n: 2, h: 6, w: 10, c: 7, kernel: 2, stride: 2, padding: 0, ties: false },
  { name: '2x2-drops-a-row-ties', n: 1, h: 7, w: 5, c: 1, kernel: 2, stride: 2, padding: 0, ties: true },
  { name: '2x2-stride-3-gaps', n: 1, h: 11, w: 8, c: 3, kernel: 2, stride: 3, padding: 0, ties: false },
  { name: '5x5-stride-2', n: 2, h: 13, w: 9, c: 6, kernel: 5, stride: 2, padding: 2, ties: false },
  {
    name: '5x5-stride-1-overlaps-ties',
    n: 1,
    h: 5,
    w: 5,
    c: 2,
    kernel: 5,
    stride: 1,
    padding: 2,
    ties: true,
  },
  { name: 'past-a-tile', n: 3, h: 17, w: 19, c: 67, kernel: 3, stride: 2, padding: 1, ties: false },
  ...resnet18Cases({ batch: 2, size: 64 }),
];
