// Archives by their first bytes. Apart from what reads them, which is much and seldom needed.

/** Whether the file begins as a zip archive with at least one entry does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** The POSIX mark of a tar archive's first header. */
export function isTar(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar';
}
