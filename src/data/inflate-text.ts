// Compressed text in a PNG, apart from what reads notes: a page loads a library for it only where a photo has one.
import { Unzlib } from 'fflate';
import { concat } from '../bytes.ts';

/** EXIF has 64 kB at the most, in hexadecimal digits twice as many. */
const LONGEST_TEXT = 2 ** 18;

/** The beginning of what a zlib stream holds, however much it would become; nothing of a damaged one. */
export function inflateText(compressed: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Unzlib((part) => {
    parts.push(part);
    length += part.length;
  });
  try {
    const step = 1024; // inflates to a million bytes at the most
    for (let at = 0; at < compressed.length && length < LONGEST_TEXT; at += step)
      stream.push(compressed.subarray(at, at + step), false);
  } catch {
    return new Uint8Array();
  }
  return concat(parts);
}
