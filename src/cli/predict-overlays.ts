// The folder for what shows where a network looked: checked before the work, as nothing may be written among the photos.
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { printable } from '../format.ts';
import { nodeFiles } from '../platform/node/files.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import { overlayName, overlayPicture } from '../run/explain.ts';
import type { Prediction } from '../run/predict.ts';
import { UsageError } from './command.ts';

/** The longer side of an overlay in pixels, at least: networks see smaller pictures than people like to. */
const LEAST_OVERLAY = 256;

/** Throws now, and not after the work, where overlays cannot be written or would lie among the photos. */
export async function checkOverlayFolder(folder: string, photos: readonly string[]): Promise<void> {
  const kind = await nodeFiles.kind(folder);
  if (kind !== 'missing' && kind !== 'directory')
    throw new UsageError(`${printable(folder)} is a file, not a folder.`, 'Give --explain a folder.');
  const real = (path: string) => realpath(path).catch(() => resolve(path));
  const target = await real(folder);
  for (const photo of photos) {
    const isFolder = (await nodeFiles.kind(photo)) === 'directory';
    const way = relative(isFolder ? await real(photo) : dirname(await real(photo)), target);
    const isWithin = way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
    if (isFolder ? isWithin : way === '')
      throw new UsageError(
        `${printable(folder)} holds photos that are read; what is written there would be among them.`,
        'Give --explain a folder of its own, such as looked.',
      );
  }
  await checkOutput(join(folder, 'photo.png'), undefined, 1e6);
  await mkdir(folder, { recursive: true });
}

/** Writes where the network looked on a photo, under a name that is not among those `taken`. */
export async function writeOverlay(
  folder: string,
  { path, looked }: Prediction,
  taken: Set<string>,
): Promise<void> {
  if (!looked) return;
  const { bytes } = overlayPicture(looked, { least: LEAST_OVERLAY });
  await writeOutput(join(folder, overlayName(path, taken)), bytes);
}
