/**
 * What tells one set of photos from another, so that a run is only resumed with what it was trained on, and how the two
 * differ in words. A class has a fingerprint of its own, which is why a message can name it.
 */
import {
  decoderNames,
  type Dataset,
  type DecodedPhoto,
  type DecoderName,
  type ImageSet,
} from '../../data/index.ts';
import { count, plural } from '../../format.ts';
import type { Hasher } from '../host.ts';

export interface SetFingerprint {
  /** In pixels, as the photos were decoded. */
  readonly size: readonly [width: number, height: number];
  /** By class, in the order of the labels. */
  readonly classes: readonly { readonly name: string; readonly photos: number; readonly sha256: string }[];
}

export interface DataFingerprint {
  /** What the photos were read by: another decoder makes other pixels of the same files. */
  readonly decoder: DecoderName;
  readonly train: SetFingerprint;
  readonly valid: SetFingerprint;
}

/** What a fingerprint is taken of. */
export interface FingerprintOptions {
  readonly classes: readonly string[];
  /** The folder that names are told from. */
  readonly dir: string;
  /** What reads the photos. */
  readonly decoder: DecoderName;
  /** Starts a checksum. */
  readonly sha256: () => Hasher;
}

/**
 * The fingerprint of the names below a folder, the labels and the decoded bytes: the folder may move, but no photo may change. It is
 * taken while the photos are read, as not all of them need be in memory at any one time.
 */
export class Fingerprinter {
  private readonly sets: Readonly<Record<DecodedPhoto['part'], SetFingerprinter>>;

  constructor(private readonly options: FingerprintOptions) {
    this.sets = { train: new SetFingerprinter(options), valid: new SetFingerprinter(options) };
  }

  /** Takes the next photo of its set. */
  add(photo: DecodedPhoto): void {
    this.sets[photo.part].add(photo);
  }

  /** The fingerprint of all photos, which are as large as those of `data`; to be asked for once. */
  of({ train, valid }: Pick<Dataset, 'train' | 'valid'>): DataFingerprint {
    const { decoder } = this.options;
    return { decoder, train: this.sets.train.of(train), valid: this.sets.valid.of(valid) };
  }
}

class SetFingerprinter {
  private readonly utf8 = new TextEncoder();
  private readonly hashes: readonly Hasher[];
  private readonly photos: number[];

  constructor(private readonly options: FingerprintOptions) {
    this.hashes = options.classes.map(options.sha256);
    this.photos = options.classes.map(() => 0);
  }

  add({ path, label, data }: DecodedPhoto): void {
    this.photos[label] = (this.photos[label] ?? 0) + 1;
    // The zero ends the name, which cannot hold one; pixels are as many each time.
    this.hashes[label]?.update(this.utf8.encode(`${nameBelow(this.options.dir, path)}\0`));
    this.hashes[label]?.update(data);
  }

  of({ width, height }: Pick<ImageSet, 'width' | 'height'>): SetFingerprint {
    const classes = this.options.classes.map((name, label) => ({
      name,
      photos: this.photos[label] ?? 0,
      sha256: this.hashes[label]?.hex() ?? '',
    }));
    return { size: [width, height], classes };
  }
}

/** `path` as seen from the folder `dir`, with slashes on every platform. */
export function nameBelow(dir: string, path: string): string {
  const [folder, file] = [dir, path].map((name) => name.replaceAll('\\', '/')) as [string, string];
  return file.startsWith(folder) ? file.slice(folder.length).replace(/^\/+/, '') : file;
}

/** Checks what was read from a file; undefined if it is not a fingerprint. */
export function parseFingerprint(value: unknown): DataFingerprint | undefined {
  const isSet = (set: unknown): boolean => {
    const { size, classes } = (set ?? {}) as Record<string, unknown>;
    return (
      Array.isArray(size) &&
      size.length === 2 &&
      size.every((side) => Number.isInteger(side)) &&
      Array.isArray(classes) &&
      classes.every((entry: unknown) => {
        const { name, photos, sha256 } = (entry ?? {}) as Record<string, unknown>;
        return typeof name === 'string' && Number.isInteger(photos) && typeof sha256 === 'string';
      })
    );
  };
  // Older runs name no decoder: there was one.
  const { decoder = 'graft', train, valid } = (value ?? {}) as Record<string, unknown>;
  const isDecoder = (decoderNames as readonly unknown[]).includes(decoder);
  if (!isDecoder || !isSet(train) || !isSet(valid)) return undefined;
  const found = { decoder, train, valid } as DataFingerprint;
  return { ...found, train: composed(found.train), valid: composed(found.valid) };
}

/** With names as folders are called now; runs of before have them as the system spelt them. */
const composed = ({ size, classes }: SetFingerprint): SetFingerprint => ({
  size,
  classes: classes.map((one) => ({ ...one, name: one.name.normalize('NFC') })),
});

/**
 * How the photos differ from the earlier ones, in sentences without a full stop; empty if they are the same.
 */
export function dataDifferences(before: DataFingerprint, now: DataFingerprint): string[] {
  const names = (data: DataFingerprint) => data.train.classes.map(({ name }) => name);
  const quoted = (list: readonly string[]) => list.map((name) => `"${name}"`).join(', ');
  const gone = names(before).filter((name) => !names(now).includes(name));
  const added = names(now).filter((name) => !names(before).includes(name));
  return [
    ...(gone.length > 0 ? [`the class ${quoted(gone)} is gone`] : []),
    ...(added.length > 0 ? [`there is a new class ${quoted(added)}`] : []),
    ...setDifferences(before.train, now.train, 'training'),
    ...setDifferences(before.valid, now.valid, 'validation'),
  ];
}

function setDifferences(before: SetFingerprint, now: SetFingerprint, what: string): string[] {
  const size = (set: SetFingerprint) => set.size.join(' × ');
  // All bytes differ then, which says nothing about the photos.
  const sameSize = size(before) === size(now);
  const classes = before.classes.flatMap((old) => {
    const found = now.classes.find(({ name }) => name === old.name);
    if (!found) return [];
    if (found.photos !== old.photos) {
      return [`"${old.name}" had ${photosText(old.photos, what)}, now ${count(found.photos)}`];
    }
    if (!sameSize || found.sha256 === old.sha256) return [];
    return [`"${old.name}" has ${photosText(old.photos, what)} as before, but not the same`];
  });
  return sameSize
    ? classes
    : [`${what} photos were read at ${size(before)} pixels, now at ${size(now)}`, ...classes];
}

const photosText = (photos: number, what: string) => plural(photos, `${what} photo`);
