/** The sizes of a pool over windows, and what follows from them. */
import { checkSizes } from '../checks.ts';
import { slidingOutput, type SlidingWindow } from '../sliding-output.ts';

/** x `[n, h, w, c]` → y `[n, oh, ow, c]`, f32. */
export interface WindowPoolShape extends SlidingWindow {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

/** How a mean is taken, as torch.nn.AvgPool2d's options. */
export interface AverageOptions {
  /** Whether padding counts as zeros that are there; true by default. What lies past it, where `ceil` asks for it, never does. */
  readonly countIncludePad?: boolean | undefined;
  /** What sums are divided by instead of the number of pixels. */
  readonly divisorOverride?: number | undefined;
}

/** Height and width of y. Throws `RangeError` for sizes that fit no pool. */
export function windowPoolOutput(
  op: string,
  shape: WindowPoolShape,
): { readonly oh: number; readonly ow: number } {
  const { n, h, w, c } = shape;
  checkSizes(op, { n, h, w, c });
  return slidingOutput(op, shape, shape);
}
