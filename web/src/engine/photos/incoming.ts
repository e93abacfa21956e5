/** What was picked, as single photos with their places: archives are opened, layouts are recognised, and what is no photo is left out. */
import { placePhotos, type Part } from '../../../../src/data/layout.ts';
import { messageOf } from '../../../../src/format.ts';
import type { LeftOut, PickedPhoto } from './photo-set.ts';
import { isPhotoName } from './formats.ts';

/** The class of photos that came in no folder. */
const UNSORTED = 'unsorted';
/** A photo of a hundred megapixels has some tens of millions of bytes. */
const MOST_BYTES = 2 ** 28;

/** A photo that is to be added. */
export interface Incoming {
  /** Where it comes from, for messages. */
  readonly path: string;
  readonly name: string;
  readonly className: string;
  readonly part?: Part | undefined;
  /** Rejects with an error whose message is a reason. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file of any kind, by itself or in an archive. */
interface Source {
  readonly path: string;
  readonly size: number;
  readonly problem?: string | undefined;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * The photos among what was picked. With a class all of them are of that class, else their folders say. Calls `leaveOut` with
 * everything else.
 */
export async function incoming(
  picked: readonly PickedPhoto[],
  into: string | undefined,
  leaveOut: (file: LeftOut) => void,
): Promise<Incoming[]> {
  const sources: Source[] = [];
  for (const one of picked) {
    if (/\.zip$/i.test(one.path) && one.problem === undefined)
      sources.push(...(await unzipped(one, leaveOut)));
    else sources.push({ ...one, size: one.file.size, read: () => readFile(one.file) });
  }
  const places = placePhotos(
    sources.map(({ path }) => path),
    isPhotoName,
  );
  return sources.flatMap((source, i): Incoming[] => {
    const place = places[i];
    const { path, size, problem } = source;
    if (!place || place.kind === 'hidden') return [];
    const reason =
      problem ??
      (place.kind === 'left out' && !(into !== undefined && isPhotoName(path.split('/').at(-1) ?? ''))
        ? place.reason
        : undefined) ??
      (size > MOST_BYTES ? `is larger than ${MOST_BYTES / 2 ** 20} MiB` : undefined);
    if (reason !== undefined) {
      leaveOut({ path, reason });
      return [];
    }
    const name = place.kind === 'left out' ? (path.split('/').at(-1) ?? path) : place.name;
    const own = place.kind === 'photo' ? place : undefined;
    const className = into ?? own?.className ?? UNSORTED;
    return [{ path, name: visible(name), className, part: own?.part, read: () => source.read() }];
  });
}

/** The files in an archive, in a folder of its name. One that is damaged is left out as a whole. */
async function unzipped({ path, file }: PickedPhoto, leaveOut: (file: LeftOut) => void): Promise<Source[]> {
  const { openZip } = await import('../../../../src/data/zip.ts');
  const read = async (from: number, to: number) => new Uint8Array(await file.slice(from, to).arrayBuffer());
  try {
    const { entries, leftOut } = await openZip({ size: file.size, read }, path);
    const folder = path.replace(/\.zip$/i, '');
    for (const out of leftOut) leaveOut({ ...out, path: `${path}/${out.path}` });
    return entries.map((entry) => ({
      path: `${folder}/${entry.path}`,
      size: entry.size,
      read: () => entry.read(),
    }));
  } catch (error) {
    // The message begins with the path.
    const message = messageOf(error);
    leaveOut({
      path,
      reason: message.startsWith(path) ? message.slice(path.length + 1) : `cannot be read: ${message}`,
    });
    return [];
  }
}

async function readFile(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Error(`cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** No part of the name begins with a dot, which would hide it from a run. */
const visible = (name: string): string =>
  name
    .split('/')
    .map((part) => part.replace(/^[.@]+/, '') || 'photo')
    .join('/');
