/** The sizes of a 2-D convolution and what follows from them. */
import type { Dtype } from '../dtype.ts';
import { outputLength } from '../output-length.ts';

/**
 * x `[n, h, w, c]`, weight `[r, s, c, k]`, y `[n, oh, ow, k]`; no bias, dilation or groups; stride and padding are
 * the same on both axes.
 */
export interface Conv2dShape {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  /** Channels in. */
  readonly c: number;
  /** Channels out. */
  readonly k: number;
  /** Kernel height. */
  readonly r: number;
  /** Kernel width. */
  readonly s: number;
  readonly stride: number;
  readonly padding: number;
  /**
   * How x, weight, residual and y are stored, f32 if it is not given; sums and the epilogue's vectors are f32. In f16 there is
   * the forward pass alone, k must be a multiple of four, and c too or, as of a photo, at least three quarters of one.
   */
  readonly dtype?: Dtype;
}

/**
 * Height and width of y, as PyTorch rounds them. Throws `RangeError` if the kernel exceeds the padded image.
 *
 * ```ts
 * outputSize({ n: 1, h: 224, w: 224, c: 3, k: 64, r: 7, s: 7, stride: 2, padding: 3 }); // → { oh: 112, ow: 112 }
 * ```
 */
export function outputSize({ h, w, r, s, stride, padding }: Conv2dShape): { oh: number; ow: number } {
  const oh = outputLength(h, r, stride, padding);
  const ow = outputLength(w, s, stride, padding);
  if (!(oh > 0 && ow > 0)) {
    throw new RangeError(
      `conv2d: a ${r}×${s} kernel does not fit a ${h}×${w} image with padding ${padding}.`,
    );
  }
  return { oh, ow };
}

/**
 * Floating-point operations of one pass (forward, backward-data or backward-weight), counted as direct convolution:
 * 2·n·oh·ow·k·r·s·c. Throws as `outputSize` does.
 *
 * ```ts
 * conv2dFlops({ n: 1, h: 3, w: 3, c: 1, k: 1, r: 2, s: 2, stride: 1, padding: 0 }); // → 2 * (2 * 2) * (2 * 2)
 * ```
 */
export function conv2dFlops(shape: Conv2dShape): number {
  const { oh, ow } = outputSize(shape);
  return 2 * shape.n * oh * ow * shape.k * shape.r * shape.s * shape.c;
}

/** Throws `RangeError` unless all sizes are whole numbers in range, and the kernel fits the padded image. */
export function checkConv2dShape(shape: Conv2dShape): void {
  for (const name of ['n', 'h', 'w', 'c', 'k', 'r', 's', 'stride', 'padding'] as const) {
    const least = name === 'padding' ? 0 : 1;
    const value = shape[name];
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(`conv2d: ${name} = ${value} must be a whole number ≥ ${least}.`);
    }
  }
  outputSize(shape);
}

/** Whether c, and whether k, is a multiple of four, so that kernels access it in fours. */
export const vectorsOf = ({ c, k }: Conv2dShape) => [c % 4 === 0, k % 4 === 0] as const;

/** Whether both are. */
export const isVectorised = (shape: Conv2dShape): boolean => !vectorsOf(shape).includes(false);
