/**
 * The photos of a page, kept in the origin's storage so that a reload loses none: a folder per class, whose name stands in an
 * index, so that renaming a class moves no photo. Photos stay the files that they were.
 */
import { fileTree } from '../../../src/data/file-tree.ts';
import type { FileSystem } from '../../../src/data/index.ts';
import type { Folder } from '../../../src/platform/web/folder.ts';
import type { PhotoSet, PickedPhoto } from './calls/photos.ts';

/** The folder of all photos, for runs. */
export const PHOTOS = 'photos';
const INDEX = 'index.json';
/** What becomes of files that stand in no folder. */
const NO_CLASS = 'photos';
const IMAGE_ENDING = /\.(jpe?g|png)$/i;

interface StoredClass {
  readonly name: string;
  readonly folder: string;
  /** Names of files, in the order in which they came. */
  readonly photos: readonly string[];
}

export class PhotoStore {
  private tree: FileSystem;

  private constructor(
    private readonly root: Folder,
    private classes: readonly StoredClass[],
  ) {
    this.tree = this.grow();
  }

  /** The photos in that folder of the storage. */
  static async open(root: Folder): Promise<PhotoStore> {
    const index = await root.read(INDEX);
    const classes = index ? (JSON.parse(new TextDecoder().decode(index)) as StoredClass[]) : [];
    return new PhotoStore(root, classes);
  }

  get set(): Pick<PhotoSet, 'classes'> {
    return {
      classes: this.classes.map(({ name, photos }) => ({
        name,
        photos: photos.map((photo) => `${PHOTOS}/${name}/${photo}`),
      })),
    };
  }

  /** Keeps files in the class that their folder names. Files that are no photos are left out, with the reason. */
  async add(picked: readonly PickedPhoto[]): Promise<PhotoSet['leftOut']> {
    const leftOut: PhotoSet['leftOut'][number][] = [];
    for (const { path, file } of picked) {
      const parts = path.split('/').filter(Boolean);
      const name = parts.at(-1) ?? '';
      if (!IMAGE_ENDING.test(name)) {
        leftOut.push({ path, reason: 'is no JPEG or PNG by its name' });
        continue;
      }
      const into = await this.classNamed(parts.at(-2) ?? NO_CLASS);
      const free = freeName(name, into.photos);
      await this.root.write(`${into.folder}/${encoded(free)}`, new Uint8Array(await file.arrayBuffer()));
      this.replace({ ...into, photos: [...into.photos, free] });
    }
    await this.keep();
    return leftOut;
  }

  async rename(name: string, to: string): Promise<void> {
    const wanted = to.trim().replaceAll('/', '-');
    if (wanted === '' || this.classes.some((one) => one.name === wanted)) return;
    this.classes = this.classes.map((one) => (one.name === name ? { ...one, name: wanted } : one));
    await this.keep();
  }

  async remove(name: string): Promise<void> {
    const gone = this.classes.find((one) => one.name === name);
    if (!gone) return;
    this.classes = this.classes.filter((one) => one !== gone);
    await this.keep();
    await this.root.remove(gone.folder);
  }

  /** The photos as the file system that runs read, whatever is added and removed meanwhile. */
  readonly files: FileSystem = {
    list: (dir) => this.tree.list(dir),
    kind: (path) => this.tree.kind(path),
    identity: (dir) => this.tree.identity(dir),
    read: (path) => this.tree.read(path),
  };

  /** All photos by path, as files of the storage that are not read before they are needed. */
  get entries(): readonly (readonly [path: string, file: () => Promise<Blob>])[] {
    return this.classes.flatMap(({ name, folder, photos }) =>
      photos.map((photo) => {
        const file = async () => {
          const found = await this.root.file(`${folder}/${encoded(photo)}`);
          if (!found) throw new Error(`${name}/${photo} is not in the storage any more.`);
          return found;
        };
        return [`${PHOTOS}/${name}/${photo}`, file] as const;
      }),
    );
  }

  private grow(): FileSystem {
    return fileTree(
      this.classes.flatMap(({ name, folder, photos }) =>
        photos.map(
          (photo) => [`${PHOTOS}/${name}/${photo}`, () => this.read(`${folder}/${encoded(photo)}`)] as const,
        ),
      ),
    );
  }

  private async read(path: string): Promise<Uint8Array> {
    const bytes = await this.root.read(path);
    if (!bytes) throw new Error('it is not in the storage any more');
    return bytes;
  }

  private async classNamed(name: string): Promise<StoredClass> {
    const known = this.classes.find((one) => one.name === name);
    if (known) return known;
    const made = { name, folder: `c${crypto.randomUUID()}`, photos: [] };
    this.classes = [...this.classes, made];
    return Promise.resolve(made);
  }

  private replace(changed: StoredClass): void {
    this.classes = this.classes.map((one) => (one.folder === changed.folder ? changed : one));
  }

  private keep(): Promise<void> {
    this.tree = this.grow();
    return this.root.write(INDEX, new TextEncoder().encode(JSON.stringify(this.classes)));
  }
}

/** A name that the storage takes, whatever a file is called. */
const encoded = (name: string): string => encodeURIComponent(name).replace(/^\./, '%2E');

/** `name`, or "name (2)" and so on where that is taken. */
function freeName(name: string, taken: readonly string[]): string {
  const dot = name.lastIndexOf('.');
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name.slice(0, dot)} (${number})${name.slice(dot)}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
