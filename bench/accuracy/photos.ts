// The photos of an accuracy table: what graft finds in a folder, so that PyTorch gets the same ones, or a smaller set of them in a folder
// of its own.
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LabelledPath } from '../../src/data/index.ts';
import type { RunHost } from '../../src/run/host.ts';
import { findPhotos, type FoundPhotos } from '../../src/run/photos.ts';
import { divisionFor } from '../../src/run/settings.ts';

/** The most photos of a class that are taken for training and for validation, the first by name. */
export interface Few {
  readonly train: number;
  readonly valid: number;
}

/** A folder of photos, named in the table by what comes last in its path. */
export interface PhotoSet {
  readonly name: string;
  readonly dir: string;
  readonly found: FoundPhotos;
}

/**
 * The photos in `dir`; with `few` so many of each class, copied into `scratch`, for which validation photos must be a part of their own.
 * Throws as `findPhotos` does.
 */
export async function openSet(
  host: Pick<RunHost, 'files' | 'drawings' | 'decoders'>,
  dir: string,
  { few, scratch }: { readonly few?: Few | undefined; readonly scratch: string },
): Promise<PhotoSet> {
  const name = basename(resolve(dir));
  const found = await findPhotos(host, resolve(dir), divisionFor({}));
  if (!few) return { name, dir: resolve(dir), found };
  const copy = join(scratch, name);
  for (const part of ['train', 'valid'] as const)
    for (const { path, label } of firstOfEach(found.folder[part], few[part])) {
      const to = join(copy, part, found.folder.classes[label] ?? '', basename(path));
      await mkdir(dirname(to), { recursive: true });
      await copyFile(path, to);
    }
  return { name, dir: copy, found: await findPhotos(host, copy, divisionFor({})) };
}

/** The first `most` of each class by name. */
export function firstOfEach<Photo extends LabelledPath>(photos: readonly Photo[], most: number): Photo[] {
  const taken = new Map<number, number>();
  return photos
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .filter(({ label }) => {
      const count = (taken.get(label) ?? 0) + 1;
      taken.set(label, count);
      return count <= most;
    });
}
