/**
 * The index of a project's photos: classes, the names of their photos, and where their bytes are. Files are named by identifiers, so
 * that renaming and moving touch the index alone.
 */
import type { Part } from '../../../../src/data/layout.ts';

export interface StoredPhoto {
  readonly id: string;
  /** The path inside its class, which no other photo of the class has. */
  readonly name: string;
  /** Its file, where that is not `fileOf`. */
  readonly at?: string | undefined;
  /** SHA-256 of its bytes, in hexadecimal digits. */
  readonly sha256?: string | undefined;
  /** What its folder said that it is for. */
  readonly part?: Part | undefined;
  readonly hasThumbnail?: boolean | undefined;
}

export interface StoredClass {
  readonly id: string;
  name: string;
  /** In the order in which they came. */
  photos: StoredPhoto[];
}

export interface Index {
  classes: StoredClass[];
  /** By run, what its classes were called when it began, by their identifiers. */
  trained: Record<string, Readonly<Record<string, string>>>;
}

export const INDEX = 'index.json';

/** Where a photo's bytes are, and its thumbnail's. */
export const fileOf = ({ id, at }: Pick<StoredPhoto, 'id' | 'at'>): string => at ?? `p-${id}`;
export const thumbnailOf = ({ id }: Pick<StoredPhoto, 'id'>): string => `t-${id}`;
export const newId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 16);

export const writeIndex = (index: Index): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ version: 2, ...index }));

/** What stands in an index, of this version or the first. Throws an `Error` where it is none, so that nothing is written over it. */
export function readIndex(bytes: Uint8Array | undefined): Index {
  if (!bytes) return { classes: [], trained: {} };
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (Array.isArray(value)) return { classes: value.map(firstVersion), trained: {} };
  const { version, classes, trained } = Object(value) as Record<string, unknown>;
  if (version !== 2 || !Array.isArray(classes) || !classes.every(isClass))
    throw new Error(
      'The list of photos in the storage is damaged, or of a later version of this site: reload the page.',
    );
  return { classes, trained: Object(trained) as Index['trained'] };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function isClass(value: unknown): value is StoredClass {
  const { id, name, photos } = Object(value) as Record<string, unknown>;
  return isText(id) && isText(name) && Array.isArray(photos) && photos.every(isPhoto);
}

function isPhoto(value: unknown): boolean {
  const { id, name, at } = Object(value) as Record<string, unknown>;
  return isText(id) && isText(name) && (at === undefined || isText(at));
}

/** A class had a folder, and a photo was the file of its encoded name. */
function firstVersion(value: unknown): StoredClass {
  const { name, folder, photos } = value as { name: string; folder: string; photos: readonly string[] };
  const encoded = (photo: string) => encodeURIComponent(photo).replace(/^\./, '%2E');
  return {
    id: folder,
    name,
    photos: photos.map((photo) => ({ id: newId(), name: photo, at: `${folder}/${encoded(photo)}` })),
  };
}
