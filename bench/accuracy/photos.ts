// The photos of an accuracy table: what graft finds in a folder, or some of them, in a folder of their own, so that PyTorch gets the same ones.
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
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
 * The photos in `dir`, with `few` so many of each class, as links in a folder of `scratch` that has a part for validation: so that all seeds and
 * both sides have the same parts. Throws as `findPhotos` does.
 */
export async function openSet(
  host: Pick<RunHost, 'files' | 'drawings' | 'decoders'>,
  dir: string,
  {
    few = { train: Infinity, valid: Infinity },
    scratch,
  }: { readonly few?: Few | undefined; readonly scratch: string },
): Promise<PhotoSet> {
  const name = basename(resolve(dir));
  const { folder } = await findPhotos(host, resolve(dir), divisionFor({}));
  const linked = join(await mkdtemp(join(scratch, 'set-')), name);
  for (const part of ['train', 'valid'] as const)
    for (const [i, { path, label }] of firstOfEach(folder[part], few[part]).entries()) {
      const to = join(linked, part, folder.classes[label] ?? '', `${i}-${basename(path)}`); // names may come twice
      await mkdir(dirname(to), { recursive: true });
      await symlink(path, to);
    }
  return { name, dir: linked, found: await findPhotos(host, linked, divisionFor({})) };
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
