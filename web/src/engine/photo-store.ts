/**
 * The photos of a project, kept in the origin's storage so that a reload loses none. Photos stay the files that they were, each with a
 * thumbnail beside it; what they are called and which class they are of stands in an index.
 */
import { DataError, type FileSystem } from '../../../src/data/index.ts';
import type { Part } from '../../../src/data/layout.ts';
import type { Folder } from '../../../src/platform/web/folder.ts';
import type { ClassSummary, PhotoRef, PhotoSet } from './photos/photo-set.ts';
import { Collection, type Before } from './photos/collection.ts';
import {
  fileOf,
  INDEX,
  newId,
  readIndex,
  thumbnailOf,
  writeIndex,
  type StoredClass,
  type StoredPhoto,
} from './photos/index-file.ts';
import { divisionOf, pathOf, photosByPath, photoTree, PHOTOS } from './photos/tree.ts';

export { PHOTOS };

/** How many photos of a class a card shows, and how many contradictions are told. */
const ON_CARD = 8;
const MOST_TOLD = 100;
/** Thumbnails are small; a photo that has none is shown itself, if it is not larger than this. */
const SMALL_BYTES = 2 ** 18;

export class PhotoStore {
  /** The photos by path, and as files; undefined since a change. */
  private byPath: ReadonlyMap<string, StoredPhoto> | undefined;
  private tree: FileSystem | undefined;
  private namedAs: string | undefined;
  /** How the last change is undone, and the photos whose files wait for that. */
  private last: Before | undefined;
  private bin: readonly StoredPhoto[] = [];
  /** Photos whose files are being written. */
  private readonly coming = new Set<string>();

  private constructor(
    private readonly folder: Folder,
    readonly collection: Collection,
  ) {}

  /** The photos in that folder of the storage. */
  static async open(folder: Folder): Promise<PhotoStore> {
    return new PhotoStore(folder, new Collection(readIndex(await folder.read(INDEX))));
  }

  /** All classes, and what there is to say of them. */
  get set(): PhotoSet {
    const { classes, index } = this.collection;
    const division = divisionOf(classes);
    const pathIn = (photo: StoredPhoto) =>
      pathOf(photo, this.collection.classOf(photo.id)?.name ?? '', 'none').slice(PHOTOS.length + 1);
    const contradictions = this.collection.contradictions();
    return {
      classes: classes.map(summary),
      division,
      contradictions: contradictions.length,
      contradicting: contradictions.slice(0, MOST_TOLD).map(([a, b]) => [pathIn(a), pathIn(b)]),
      renamed: Object.fromEntries(
        Object.entries(index.trained).map(([run, names]) => [run, this.renamedSince(names)]),
      ),
      canUndo: this.last !== undefined,
    };
  }

  /** The photos as the file system that runs read, whatever is added and removed meanwhile. */
  readonly files: FileSystem = {
    list: (dir) => this.grown().list(dir),
    kind: (path) => this.grown().kind(path),
    identity: (dir) => this.grown().identity(dir),
    read: (path) => this.grown().read(path),
  };

  /** All photos by path, as they are called now: files of the storage, which are not read before they are needed. */
  get entries(): readonly (readonly [path: string, file: () => Promise<Blob>])[] {
    return Array.from(photosByPath(this.collection.classes), ([path, photo]) => {
      const file = async () => {
        const found = await this.folder.file(fileOf(photo));
        if (!found) throw new DataError(`${path} is not in the storage any more.`);
        return found;
      };
      return [path, file] as const;
    });
  }

  /** Names the classes in `files` as they were called when a run began, or as they are called now. */
  nameAs(run: string | undefined): void {
    this.namedAs = run;
    this.changed();
  }

  /** Keeps in mind what the classes are called now that a run begins; or were called then, where `renamed` has the names of now by those. */
  async remember(run: string, renamed: Readonly<Record<string, string>> = {}): Promise<void> {
    const { index, classes } = this.collection;
    const then = new Map(Object.entries(renamed).map(([before, now]) => [now, before]));
    const names = Object.fromEntries(classes.map(({ id, name }) => [id, then.get(name) ?? name]));
    const { [run]: _, ...others } = index.trained;
    index.trained = { ...others, [run]: names }; // it is the last now, whatever was called so before
    await this.keep();
  }

  /** The runs that it has in mind, in the order in which they were begun or taken in; those of early versions of the site are none. */
  get begun(): readonly string[] {
    return Object.keys(this.collection.index.trained);
  }

  /** The photos of a class, in order. */
  photosOf(id: string): readonly PhotoRef[] {
    return this.collection.classWith(id)?.photos.map(({ id, name, part }) => ({ id, name, part })) ?? [];
  }

  /** The bytes of a photo by its path in `files`, or in those of a run. */
  async readPath(path: string, run?: string): Promise<Uint8Array<ArrayBuffer>> {
    const names = run === undefined ? undefined : this.collection.index.trained[run];
    const found = names ? photosByPath(this.collection.classes, names) : this.paths();
    const photo = found.get(path);
    if (!photo) throw new Error(`${path} is not among the photos any more`);
    return this.read(fileOf(photo));
  }

  async readPhoto(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const photo = this.collection.photo(id);
    if (!photo) throw new Error('This photo is not among the photos any more');
    return this.read(fileOf(photo));
  }

  /** A small picture of each photo; undefined for one that is gone or has none. */
  async thumbnails(ids: readonly string[]): Promise<(Uint8Array<ArrayBuffer> | undefined)[]> {
    const found: (Uint8Array<ArrayBuffer> | undefined)[] = [];
    for (const id of ids) {
      const photo = this.collection.photo(id);
      const bytes =
        photo && (await this.folder.read(photo.hasThumbnail ? thumbnailOf(photo) : fileOf(photo)));
      found.push(bytes && (photo.hasThumbnail || bytes.length <= SMALL_BYTES) ? bytes : undefined);
    }
    return found;
  }

  /**
   * Keeps a photo and its thumbnail; what the index says is written by `keep`. Throws `OpfsError`, and nothing of the photo is there
   * then; a thumbnail for which there is no room is done without.
   */
  async add(photo: NewPhoto, into: StoredClass): Promise<StoredPhoto> {
    const { bytes, thumbnail, ...facts } = photo;
    const id = newId();
    this.coming.add(id);
    try {
      await this.folder.write(fileOf({ id }), bytes);
      const hasThumbnail =
        thumbnail &&
        (await this.folder.write(thumbnailOf({ id }), thumbnail).then(
          () => true,
          () => false,
        ));
      const added = this.collection.add({ ...facts, id, hasThumbnail: hasThumbnail || undefined }, into);
      this.changed();
      return added;
    } finally {
      this.coming.delete(id);
    }
  }

  /** Writes the index. */
  async keep(): Promise<void> {
    this.changed();
    await this.folder.write(INDEX, writeIndex(this.collection.index));
  }

  /** Takes back photos that were added and stand in no index yet, so that there is room to write one. */
  async discard(photos: readonly StoredPhoto[]): Promise<void> {
    this.collection.removePhotos(photos.map(({ id }) => id));
    await this.removeFiles(photos);
  }

  async makeClass(name: string): Promise<string> {
    const { id } = this.collection.makeClass(name);
    await this.keep();
    return id;
  }

  /** Renames a class, or gives its photos to the class that is called so already. */
  rename(id: string, to: string): Promise<void> {
    return this.change(() => this.collection.rename(id, to));
  }

  removeClass(id: string): Promise<void> {
    return this.change(() => this.collection.removeClass(id), true);
  }

  removePhotos(ids: readonly string[]): Promise<void> {
    return this.change(() => this.collection.removePhotos(ids), true);
  }

  movePhotos(ids: readonly string[], to: string): Promise<void> {
    return this.change(() => this.collection.movePhotos(ids, to));
  }

  async mark(ids: readonly string[], part: Part): Promise<void> {
    this.collection.mark(ids, part);
    await this.keep();
  }

  /** Undoes the last removal, move or merge. */
  async undo(): Promise<void> {
    if (!this.last) return;
    this.collection.undo(this.last);
    [this.last, this.bin] = [undefined, []];
    await this.keep();
  }

  /** Begins to remove the files of what was removed last, which cannot be undone any more. What is left by a failure a sweep takes. */
  forget(): void {
    const gone = this.bin;
    [this.last, this.bin] = [undefined, []];
    void this.removeFiles(gone).catch(() => undefined);
  }

  /**
   * Removes files that stand in no index: of a tab that was closed while photos came in, or before what was removed could not be undone
   * any more. For whoever holds the project's lock.
   */
  async sweep(): Promise<void> {
    await this.folder.tidy();
    const names = await this.folder.list();
    const photos = [...this.collection.classes.flatMap(({ photos }) => photos), ...this.bin];
    const known = new Set([INDEX]);
    for (const photo of [...photos, ...Array.from(this.coming, (id) => ({ id }))])
      known.add(fileOf(photo).split('/')[0] ?? '').add(thumbnailOf(photo));
    for (const name of names) if (!known.has(name)) await this.folder.remove(name);
  }

  private async change(work: () => Before | undefined, isRemoval = false): Promise<void> {
    this.forget();
    const before = work();
    // If the disk is full the index stays as it was: so do the photos.
    try {
      await this.keep();
    } catch (error) {
      if (before) this.collection.undo(before);
      throw error;
    }
    this.last = before;
    if (isRemoval) this.bin = before?.photos.map(({ photo }) => photo) ?? [];
  }

  private async removeFiles(photos: readonly StoredPhoto[]): Promise<void> {
    for (const photo of photos) {
      await this.folder.remove(fileOf(photo));
      await this.folder.remove(thumbnailOf(photo));
    }
  }

  private renamedSince(names: Readonly<Record<string, string>>): Record<string, string> {
    const pairs = Object.entries(names).map(([id, name]) => [
      name,
      this.collection.classWith(id)?.name ?? name,
    ]);
    return Object.fromEntries(pairs.filter(([before, now]) => before !== now)) as Record<string, string>;
  }

  private changed(): void {
    this.tree = this.byPath = undefined;
  }

  private paths(): ReadonlyMap<string, StoredPhoto> {
    const names = this.namedAs === undefined ? undefined : this.collection.index.trained[this.namedAs];
    return (this.byPath ??= photosByPath(this.collection.classes, names));
  }

  private grown(): FileSystem {
    return (this.tree ??= photoTree(this.paths(), (file) => this.read(file)));
  }

  private async read(file: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.folder.read(file);
    if (!bytes) throw new DataError('it is not in the storage any more');
    return bytes;
  }
}

/** A photo that comes in. */
export interface NewPhoto extends Pick<StoredPhoto, 'name' | 'sha256' | 'part'> {
  readonly bytes: Uint8Array;
  readonly thumbnail?: Uint8Array | undefined;
}

const summary = ({ id, name, photos }: StoredClass): ClassSummary => ({
  id,
  name,
  count: photos.length,
  valid: photos.filter(({ part }) => part === 'val').length,
  first: photos.slice(0, ON_CARD).map(({ id }) => id),
});
