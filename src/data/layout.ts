/**
 * Where photos that somebody brought in belong, by their paths: the layouts of folder.ts, and what people drop besides: one class's
 * folder, several of them, loose photos. Nothing is read, and no layout is refused: what has no place is left out with the reason.
 */
import { isHidden } from './decoders.ts';
import { labelInName, namesTellClasses } from './name-labels.ts';
import { classNamed, partNamed, type Part, type PartName } from './parts.ts';

export type { Part } from './parts.ts';

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
  if (folders.size === 0) return flatPlacer(photos, depth, part);
  const inside = foldersInside(photos, depth);
  if (isDivision(inside)) return dividedPlacer(photos, depth, [...folders]);
  const same = sameFolders(inside);
  return (parts) => {
    if (same && parts.length > depth + 1) return { kind: 'left out', reason: same };
    if (parts.length > depth + 1)
      return { kind: 'photo', className: classNamed(parts[depth] ?? ''), name: rest(parts, depth + 1), part };
    return depth === 0 ? { kind: 'loose', name: parts[0] ?? '' } : besideClasses;
  };
}

/** Photos in one folder, or in none. That of a part of a data set says no class, but its photos' names may: `train/cat.0.jpg`. */
function flatPlacer(
  photos: readonly Parts[],
  depth: number,
  part: Part | undefined,
): (parts: Parts) => Place {
  const folder = photos[0]?.[depth - 1] ?? '';
  const isNameless = depth === 0 || partNamed(folder) !== undefined;
  const isTold = isNameless && namesTellClasses(photos.map((parts) => parts.at(-1) ?? '')) !== undefined;
  return (parts) => {
    const name = rest(parts, depth);
    if (isTold) return { kind: 'photo', className: labelInName(name) ?? folder, name, part };
    return depth === 0
      ? { kind: 'loose', name }
      : { kind: 'photo', className: classNamed(folder), name, part };
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
  const part = partNamed(folder);
  return part === 'test' ? 'val' : part;
}

/** The folders within each folder; an empty list for one that holds photos of its own. */
function foldersInside(photos: readonly Parts[], depth: number): ReadonlyMap<string, readonly string[]> {
  const inside = new Map<string, Set<string> | undefined>();
  for (const parts of photos) {
    const folder = parts[depth] ?? '';
    if (parts.length === depth + 2) inside.set(folder, undefined);
    if (parts.length < depth + 3 || (inside.has(folder) && !inside.get(folder))) continue;
    inside.set(folder, (inside.get(folder) ?? new Set()).add(classNamed(parts[depth + 1] ?? '')));
  }
  return new Map([...inside].map(([folder, names]) => [folder, [...(names ?? [])].sort()]));
}

/**
 * A class may well be called "train" or "test": they are parts of a data set where nothing else is there, or where the one for training
 * holds the classes, beside another part.
 */
function isDivision(inside: ReadonlyMap<string, readonly string[]>): boolean {
  const parts = [...inside.keys()].filter((name) => partOf(name) !== undefined);
  if (parts.length < 2) return false;
  const train = parts.find((name) => partOf(name) === 'train') ?? '';
  return parts.length === inside.size || (inside.get(train)?.length ?? 0) > 1;
}

/** Why "classes" that hold no photos of their own and all the same folders are none. */
function sameFolders(inside: ReadonlyMap<string, readonly string[]>): string | undefined {
  const [first = [], ...others] = [...inside.values()];
  const isSame = others.length > 0 && others.every((names) => names.join('/') === first.join('/'));
  if (!isSame || first.length < 2) return undefined;
  const names = [...inside.keys()].slice(0, 2).map((name) => `"${name}"`);
  return `lies in ${names.join(' or ')}, which hold the same folders and would be no classes: call them "train" and "val", or bring in one of them`;
}

/** How photos are placed below folders that are parts of a data set. */
function dividedPlacer(
  photos: readonly Parts[],
  depth: number,
  folders: readonly string[],
): (parts: Parts) => Place {
  const named = (part: PartName) => folders.find((name) => partNamed(name) === part);
  const train = named('train');
  const valid = [...folders]
    .filter((name) => partOf(name) === 'val')
    .sort((a, b) => Number(partNamed(a) === 'test') - Number(partNamed(b) === 'test'))
    .find(
      (name) => train === undefined || photos.some((one) => one[depth] === name && one.length > depth + 2),
    );
  /** Folders of the part's kind that are wrapped around its classes, as in `training_set/training_set/cats`. */
  const wrapped = (folder: string): number => {
    const own = photos.filter((one) => one[depth] === folder);
    let extra = 0;
    for (;;) {
      const at = depth + 1 + extra;
      const name = own[0]?.[at] ?? '';
      const isAround =
        partNamed(name) !== undefined && own.every((one) => one[at] === name && one.length > at + 1);
      if (!isAround) return extra;
      extra++;
    }
  };
  const extra = new Map(folders.map((name) => [name, wrapped(name)]));
  const trained = photos.filter((one) => one[depth] === train);
  const isFlat = trained.every(({ length }) => length === depth + 2);
  const isTold = isFlat && namesTellClasses(trained.map((one) => one.at(-1) ?? '')) !== undefined;
  return (parts) => {
    const folder = parts[depth] ?? '';
    if (train === undefined)
      return { kind: 'left out', reason: 'is set aside, and no folder "train" is beside it' };
    if (folder !== train && folder !== valid) {
      const reason = valid
        ? `is in a second set beside "${valid}", which is the one to judge by`
        : 'has no class: it is in a set without folders of classes';
      return { kind: 'left out', reason };
    }
    const name = parts.at(-1) ?? '';
    if (isTold && folder === train)
      return { kind: 'photo', className: labelInName(name) ?? '', name, part: 'train' };
    const at = depth + 1 + (extra.get(folder) ?? 0);
    if (parts.length < at + 2) return besideClasses;
    const part = folder === train ? 'train' : 'val';
    return { kind: 'photo', className: classNamed(parts[at] ?? ''), name: rest(parts, at + 1), part };
  };
}
