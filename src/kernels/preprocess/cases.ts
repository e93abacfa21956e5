// The batches that tests and benchmarks preprocess: blocks of images [n, h, w, 3] that become [n, oh, ow, 3].

import type { PreprocessSizes } from './augmentation.ts';

export interface PreprocessCase extends PreprocessSizes {
  readonly name: string;
  readonly n: number;
}

/** What the tests run; bytes of an image that are no multiple of 4 make pixels straddle words and images be padded. */
export const cases: readonly PreprocessCase[] = [
  { name: 'one-pixel', n: 1, h: 1, w: 1, oh: 1, ow: 1 },
  { name: 'identity', n: 3, h: 4, w: 4, oh: 4, ow: 4 },
  { name: 'odd', n: 5, h: 7, w: 5, oh: 3, ow: 4 },
  { name: 'odd-bytes', n: 4, h: 3, w: 3, oh: 2, ow: 2 },
  { name: 'row-of-pixels', n: 2, h: 1, w: 301, oh: 1, ow: 257 },
  { name: 'training', n: 2, h: 75, w: 75, oh: 64, ow: 64 },
];
