/**
 * Where photos that somebody brought in belong, by their paths: the layouts of folder.ts, and what people drop besides: one class's
 * folder, several of them, loose photos. Nothing is read, and no layout is refused: what has no place is left out with the reason.
 */
import { isHidden } from './decoders.ts';
import { VALIDATION_NAMES } from './folder.ts';

/** What a photo is for, where its folder says so. */
export type Part = 'train' | 'val';

export type Place =
  | {
      readonly kind: 'photo';
      readonly className: string;
      /** The path inside the class's folder. */
      readonly name: string;
      readonly part?: Part | undefined;
    }
  /** In no folder: of a class that is still to be said. */
  | { readonly kind: 'loose'; readonly name: string }
  /** What systems leave beside people's files; not worth a word. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'left out'; readonly reason: string };

/**
 * The places of all files that came in together, in their order; a path has its folders before it, `photos/cats/1.jpg`. `isPhoto` tells
 * by a file's name.
 */
export function placePhotos(paths: readonly string[], isPhoto: (name: string) => boolean): Place[] {
  const files = paths.map((path) => path.split('/').filter((part) => part !== '' && part !== '.'));
  const isWanted = (parts: readonly string[]) =>
    parts.length > 0 && !parts.includes('..') && !parts.some(isHidden) && isPhoto(parts.at(-1) ?? '');
  const place = placer(files.filter(isWanted));
  return files.map((parts): Place => {
    if (isWanted(parts)) return place(parts);
    if (parts.includes('..')) return { kind: 'left out', reason: 'has a path that leads out of its folder' };
    return parts.length === 0 || parts.some(isHidden)
      ? { kind: 'hidden' }
      : { kind: 'left out', reason: notAPhoto(parts.at(-1) ?? '') };
  });
}

/** Why a file is passed over that is no photo by its name. */
export function notAPhoto(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0
    ? `is no photo by its ending (${name.slice(dot).toLowerCase()})`
    : 'has no ending of a photo';
}

type Parts = readonly string[];

/** How the photos of these paths are placed, all seen together. */
function placer(photos: readonly Parts[]): (parts: Parts) => Place {
  const { depth, folders, part } = findTop(photos);
  if (folders.size === 0)
    return (parts) =>
      depth === 0
        ? { kind: 'loose', name: parts[0] ?? '' }
        : { kind: 'photo', className: parts[depth - 1] ?? '', name: rest(parts, depth), part };
  if (isDivision([...folders])) return (parts) => inDivision(parts, depth, [...folders]);
  return (parts) => {
    if (parts.length > depth + 1)
      return { kind: 'photo', className: parts[depth] ?? '', name: rest(parts, depth + 1), part };
    return depth === 0 ? { kind: 'loose', name: parts[0] ?? '' } : besideClasses;
  };
}

const rest = (parts: Parts, from: number) => parts.slice(from).join('/');
const besideClasses: Place = { kind: 'left out', reason: 'lies beside the folders of the classes' };

interface Top {
  /** How many folders all photos share. */
  readonly depth: number;
  /** The folders in the innermost of them. */
  readonly folders: ReadonlySet<string>;
  readonly part: Part | undefined;
}

/** The folder whose folders are the classes or the parts of a data set: folders around it hold nothing else. */
function findTop(photos: readonly Parts[]): Top {
  let part: Part | undefined;
  for (let depth = 0; ; depth++) {
    const folders = new Set(
      photos.flatMap((parts) => (parts.length > depth + 1 ? [parts[depth] ?? ''] : [])),
    );
    const [only = ''] = folders;
    const isAlone = folders.size === 1 && photos.every(({ length }) => length > depth + 1);
    if (!isAlone) return { depth, folders, part };
    const inner = new Set(photos.flatMap((parts) => (parts.length > depth + 2 ? [parts[depth + 1]] : [])));
    const hasLoose = photos.some(({ length }) => length === depth + 2);
    // Photos beside a single folder: a class that keeps some of its photos further in.
    if (hasLoose && inner.size === 1) return { depth, folders, part };
    if (inner.size > 0) part = partOf(only) ?? part;
  }
}

function partOf(folder: string): Part | undefined {
  const name = folder.toLowerCase();
  return name === 'train' ? 'train' : VALIDATION_NAMES.includes(name) ? 'val' : undefined;
}

/** A class may well be called "train" or "test": only where nothing else is there are they parts of a data set. */
const isDivision = (folders: readonly string[]): boolean =>
  folders.length > 1 && folders.every((name) => partOf(name) !== undefined);

function inDivision(parts: Parts, depth: number, folders: readonly string[]): Place {
  const lower = folders.map((name) => name.toLowerCase());
  const valid = VALIDATION_NAMES.find((name) => lower.includes(name));
  const folder = parts[depth]?.toLowerCase() ?? '';
  if (!lower.includes('train'))
    return { kind: 'left out', reason: 'is set aside, and no folder "train" is beside it' };
  if (folder !== 'train' && folder !== valid)
    return {
      kind: 'left out',
      reason: `is in a second set beside "${valid ?? ''}", which is the one to judge by`,
    };
  if (parts.length < depth + 3) return besideClasses;
  const part = folder === 'train' ? 'train' : 'val';
  return { kind: 'photo', className: parts[depth + 1] ?? '', name: rest(parts, depth + 2), part };
}
