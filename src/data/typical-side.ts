/**
 * How large photos are, told by the headers of a few of them: what a network can see of photos ends where they do.
 */
import { ImageError } from './errors.ts';
import type { FileSystem } from './files.ts';
import type { LabelledPath } from './folder.ts';
import { sniffFormat } from './image-format.ts';
import { declaredSize, type SizedFormat } from './image-header.ts';

/** Headers that are read, evenly over all photos. */
const LOOKS = 25;
const SIZED: readonly SizedFormat[] = ['JPEG', 'PNG', 'GIF', 'WebP', 'BMP', 'AVIF', 'HEIC'];

/**
 * The median of the photos' shorter sides in pixels, of 25 photos at most; the lower of two in the middle. Undefined where no header says:
 * what cannot be read is somebody else's to report.
 */
export async function typicalSide(
  files: Pick<FileSystem, 'read'>,
  photos: readonly Pick<LabelledPath, 'path'>[],
): Promise<number | undefined> {
  const step = Math.max(1, photos.length / LOOKS);
  const looked = Array.from(
    { length: Math.min(LOOKS, photos.length) },
    (_, i) => photos[Math.floor(i * step)],
  );
  const sides: number[] = [];
  // One after the other: files of any size are read, and only one is to be in memory.
  for (const photo of looked) {
    const side = photo && (await shortSide(files, photo.path));
    if (side !== undefined) sides.push(side);
  }
  return sides.sort((a, b) => a - b)[Math.floor((sides.length - 1) / 2)];
}

async function shortSide(files: Pick<FileSystem, 'read'>, path: string): Promise<number | undefined> {
  const bytes = await files.read(path).catch(() => undefined);
  if (!bytes) return undefined;
  try {
    const size = declaredSize(bytes, sniffFormat(bytes, SIZED));
    return size && Math.min(size.width, size.height);
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}
