/** The length that a window's walk leaves of an axis: convolutions and pools round it alike, as PyTorch does. */

/** Output length of a convolution or a pool along one axis: floor((length + 2·padding − kernel) / stride) + 1. */
export function outputLength(length: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((length + 2 * padding - kernel) / stride) + 1;
}
