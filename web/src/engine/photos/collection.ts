/**
 * Classes and their photos, in memory: what is added, renamed, moved and removed, and how that is undone. Where bytes are kept is the
 * store's business.
 */
import type { Part } from '../../../../src/data/layout.ts';
import { newId, type Index, type StoredClass, type StoredPhoto } from './index-file.ts';

/** Photos and classes as they were before a change, by which it is undone. */
export interface Before {
  readonly classes: readonly { readonly id: string; readonly name: string; readonly at: number }[];
  readonly photos: readonly { readonly photo: StoredPhoto; readonly classId: string }[];
}

export class Collection {
  private readonly classOfPhoto = new Map<string, StoredClass>();
  /** The names that are taken, by class. */
  private readonly names = new Map<string, Set<string>>();
  /** By checksum; built when it is first asked for. */
  private byChecksum: Map<string, StoredPhoto[]> | undefined;

  constructor(readonly index: Index) {
    for (const one of index.classes) for (const photo of one.photos) this.note(photo, one);
  }

  get classes(): readonly StoredClass[] {
    return this.index.classes;
  }

  classNamed(name: string): StoredClass | undefined {
    return this.classes.find((one) => one.name === name);
  }

  classWith(id: string): StoredClass | undefined {
    return this.classes.find((one) => one.id === id);
  }

  classOf(photo: string): StoredClass | undefined {
    return this.classOfPhoto.get(photo);
  }

  /** The class of that name, made where there is none. */
  makeClass(wanted: string): StoredClass {
    const name = className(wanted);
    const known = this.classNamed(name);
    if (known) return known;
    const made: StoredClass = { id: newId(), name, photos: [] };
    this.index.classes.push(made);
    return made;
  }

  photo(id: string): StoredPhoto | undefined {
    return this.classOf(id)?.photos.find((photo) => photo.id === id);
  }

  /** Adds a photo to a class, under a name that is free there. */
  add(photo: StoredPhoto, into: StoredClass): StoredPhoto {
    const added = { ...photo, name: this.freeName(photo.name, into) };
    into.photos.push(added);
    this.note(added, into);
    this.byChecksum?.set(added.sha256 ?? '', [...(this.byChecksum.get(added.sha256 ?? '') ?? []), added]);
    return added;
  }

  /** The photos with these bytes. */
  same(sha256: string): readonly StoredPhoto[] {
    if (!this.byChecksum) {
      this.byChecksum = new Map();
      for (const photo of this.classes.flatMap(({ photos }) => photos)) {
        const known = this.byChecksum.get(photo.sha256 ?? '');
        if (known) known.push(photo);
        else this.byChecksum.set(photo.sha256 ?? '', [photo]);
      }
    }
    return sha256 === '' ? [] : (this.byChecksum.get(sha256) ?? []);
  }

  /** Photos of the same bytes in two classes, of which one must be wrong. */
  contradictions(): (readonly [StoredPhoto, StoredPhoto])[] {
    this.same('-');
    const found: (readonly [StoredPhoto, StoredPhoto])[] = [];
    for (const [sha256, [first, ...others]] of this.byChecksum ?? []) {
      const other = others.find(({ id }) => first && this.classOf(id) !== this.classOf(first.id));
      if (sha256 !== '' && first && other) found.push([first, other]);
    }
    return found;
  }

  /** Gives a class another name; the class of that name takes its photos where there is one. */
  rename(id: string, wanted: string): Before | undefined {
    const one = this.classWith(id);
    if (!one || wanted.trim() === '') return undefined;
    const name = className(wanted);
    const other = this.classNamed(name);
    if (other === one) return undefined;
    if (!other) {
      one.name = name;
      return undefined;
    }
    const before = this.before([one], one.photos);
    this.takeAll(before.photos.map(({ photo }) => photo.id));
    for (const { photo } of before.photos) this.add(photo, other);
    this.dropClass(one);
    return before;
  }

  removeClass(id: string): Before | undefined {
    const one = this.classWith(id);
    if (!one) return undefined;
    const before = this.before([one], one.photos);
    this.takeAll(before.photos.map(({ photo }) => photo.id));
    this.dropClass(one);
    return before;
  }

  removePhotos(ids: readonly string[]): Before {
    const before = this.before([], this.found(ids));
    this.takeAll(ids);
    return before;
  }

  movePhotos(ids: readonly string[], to: string): Before | undefined {
    const into = this.classWith(to);
    if (!into) return undefined;
    const moved = this.found(ids).filter(({ id }) => this.classOf(id) !== into);
    const before = this.before([], moved);
    this.takeAll(moved.map(({ id }) => id));
    for (const photo of moved) this.add(photo, into);
    return before;
  }

  /** Says what photos are for. */
  mark(ids: readonly string[], part: Part): void {
    const marked = new Set(ids);
    for (const one of this.classes)
      if (one.photos.some(({ id }) => marked.has(id)))
        one.photos = one.photos.map((photo) => (marked.has(photo.id) ? { ...photo, part } : photo));
    this.byChecksum = undefined;
  }

  /** Puts photos and classes back to where they were. */
  undo({ classes, photos }: Before): void {
    for (const { id, name, at } of classes) {
      if (this.classWith(id)) continue;
      // Somebody may have made a class of that name meanwhile.
      const free = this.classNamed(name) ? `${name} (2)` : name;
      this.index.classes.splice(at, 0, { id, name: free, photos: [] });
    }
    this.takeAll(photos.map(({ photo }) => photo.id));
    for (const { photo, classId } of photos) {
      const into = this.classWith(classId);
      if (into) this.add(photo, into);
    }
  }

  private before(classes: readonly StoredClass[], photos: readonly StoredPhoto[]): Before {
    return {
      classes: classes.map((one) => ({ id: one.id, name: one.name, at: this.classes.indexOf(one) })),
      photos: photos.map((photo) => ({ photo, classId: this.classOf(photo.id)?.id ?? '' })),
    };
  }

  private found(ids: readonly string[]): StoredPhoto[] {
    const wanted = new Set(ids);
    return this.classes.flatMap(({ photos }) => photos.filter(({ id }) => wanted.has(id)));
  }

  private takeAll(ids: readonly string[]): void {
    const gone = new Set(ids);
    for (const one of new Set(ids.flatMap((id) => this.classOf(id) ?? []))) {
      for (const photo of one.photos) if (gone.has(photo.id)) this.names.get(one.id)?.delete(photo.name);
      one.photos = one.photos.filter(({ id }) => !gone.has(id));
    }
    for (const id of gone) this.classOfPhoto.delete(id);
    this.byChecksum = undefined;
  }

  private dropClass(one: StoredClass): void {
    this.index.classes = this.index.classes.filter((other) => other !== one);
    this.names.delete(one.id);
  }

  private note(photo: StoredPhoto, one: StoredClass): void {
    this.classOfPhoto.set(photo.id, one);
    const names = this.names.get(one.id) ?? new Set();
    this.names.set(one.id, names.add(photo.name));
  }

  /** `name`, or "name (2)" and so on where that is taken in the class. */
  private freeName(name: string, { id }: StoredClass): string {
    const taken = this.names.get(id);
    const dot = name.lastIndexOf('.');
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name.slice(0, dot)} (${number})${name.slice(dot)}`;
      if (!taken?.has(candidate)) return candidate;
    }
  }
}

const LONGEST = 100;

/** A name that can be a folder's, and that no scan of folders passes over. */
export function className(wanted: string): string {
  const name = wanted
    .replaceAll('/', '-')
    .trim()
    .replace(/^[.@]+/, '')
    .slice(0, LONGEST)
    .trim();
  return name === '' || name === '__MACOSX' ? 'unnamed' : name;
}
