// Reads the one kind of tar archive that graft meets: plain ustar, whole in memory. POSIX.1-1988 "ustar" format.

const BLOCK = 512;

/**
 * Returns the regular files of a ustar archive by name, as views into `archive`.
 *
 * @throws Error when the archive ends in the middle of a file or a header's size field is not a number
 */
export function untar(archive: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let offset = 0; offset + BLOCK <= archive.length;) {
    const header = archive.subarray(offset, offset + BLOCK);
    const name = text(header.subarray(0, 100));
    if (name === '') break; // blocks of zeros end the archive
    const size = Number.parseInt(text(header.subarray(124, 136)), 8);
    const start = offset + BLOCK;
    if (!(size >= 0 && start + size <= archive.length)) {
      throw new Error(
        `tar archive is damaged: ${name} claims ${size} bytes, ${archive.length - start} are left`,
      );
    }
    const kind = header[156];
    if (kind === 0x30 || kind === 0) files.set(name, archive.subarray(start, start + size)); // '0' or NUL: a file
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function text(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder('latin1').decode(end === -1 ? field : field.subarray(0, end));
}
