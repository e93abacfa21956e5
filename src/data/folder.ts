/**
 * Finds the photos of a folder and their classes. As torchvision's ImageFolder has it, sub-folders are the classes; classes and files are
 * sorted by code point, so that labels and splits come out the same on every machine. Around the classes people have folders for training
 * and validation, under many names, and folders that an archive wrapped around everything. What looks like classes and is something
 * else is refused: a network that tells "train" from "test" is worse than none.
 */
import { type DecoderName, photoEndings } from './decoders.ts';
import { DataError } from './errors.ts';
import type { FileSystem } from './files.ts';
import { bothIgnored, type IgnoredFiles } from './ignored.ts';
import { compareCodePoints, findImages, joinPath, listFolder, type Listing } from './listing.ts';
import { namesTellClasses } from './name-labels.ts';
import { classNamed, partNamed, type PartName } from './parts.ts';

export interface LabelledPath {
  readonly path: string;
  /** Index into the classes. */
  readonly label: number;
}

export interface ImageFolder {
  /** Names of the classes, sorted. */
  readonly classes: readonly string[];
  readonly train: readonly LabelledPath[];
  /** The photos set aside for validation, where the folder has such. */
  readonly valid: readonly LabelledPath[] | undefined;
  /** The files that were passed over: hidden ones, those without a photo's ending, and those beside the class folders. */
  readonly ignored: IgnoredFiles;
  /** What was made of the folder where that does not go without saying: clauses that name their folders. */
  readonly notes?: readonly string[] | undefined;
}

export interface FolderOptions {
  /** Which files are photos is told by the endings that it looks at. */
  readonly decoder?: DecoderName | undefined;
  /**
   * The classes that a model knows, where photos are for judging it: a single class is then enough, and so is any part of a data set.
   */
  readonly known?: readonly string[] | undefined;
}

/**
 * Scans `dir`, which holds either class folders or a folder for training, and perhaps one for validation, with class folders in
 * them. Folders inside a class belong to it.
 * @throws DataError naming the folder and what to change, if it cannot be trained on.
 */
export async function scanFolders(
  files: FileSystem,
  dir: string,
  { decoder = 'graft', known }: FolderOptions = {},
): Promise<ImageFolder> {
  const kind = await files.kind(dir);
  if (kind === 'missing') throw new DataError(`There is no folder ${dir}. ${expectedLayout(dir)}`);
  if (kind !== 'directory') throw new DataError(notAFolder(dir));
  return new Scan(files, dir, decoder, known).all();
}

const ARCHIVE = /\.(zip|tar|tgz|gz|xz|bz2|7z|rar)$/i;

const notAFolder = (path: string): string =>
  ARCHIVE.test(path)
    ? `${path} is not a folder: unpack it, and give the folder that comes out.`
    : `${path} is not a folder. ${expectedLayout(path)}`;

/** Folders around folders are followed so far: symbolic links may lead in a circle. */
const DEEPEST = 8;

interface Found {
  readonly classes: readonly string[];
  readonly images: readonly LabelledPath[];
  readonly ignored: IgnoredFiles;
}

/** A scan under way. */
class Scan {
  private readonly notes: string[] = [];

  constructor(
    private readonly files: FileSystem,
    private readonly root: string,
    private readonly decoder: DecoderName,
    private readonly known: readonly string[] | undefined,
  ) {}

  async all(): Promise<ImageFolder> {
    const top = await this.unwrap(this.root);
    const parts = await this.partsOf(top);
    if (!parts) {
      const { classes, images, ignored } = await this.classesIn(top);
      return { classes, train: images, valid: undefined, ignored, ...this.said() };
    }
    const { train, valid } = parts;
    if (!train) {
      if (!this.known || !valid)
        throw new DataError(`${top.dir} has no folder "train". ${expectedLayout(this.root)}`);
      const { classes, images, ignored } = await this.classesIn(valid);
      return { classes, train: [], valid: images, ignored, ...this.said() };
    }
    const trained = await this.classesIn(train);
    const found = { classes: trained.classes, train: trained.images };
    if (!valid) return { ...found, valid: undefined, ignored: trained.ignored, ...this.said() };
    const judged = await this.classesIn(valid, trained.classes);
    if (!this.known) this.checkSameClasses(trained.classes, train, judged.classes, valid);
    const classes = this.known ? union(trained.classes, judged.classes) : trained.classes;
    return {
      classes,
      train: relabel(trained, classes),
      valid: relabel(judged, classes),
      ignored: bothIgnored(trained.ignored, judged.ignored),
      ...this.said(),
    };
  }

  private said(): Pick<ImageFolder, 'notes'> {
    return this.notes.length > 0 ? { notes: this.notes } : {};
  }

  /** The folder that decides: folders that hold nothing but one folder, as archives have them, are opened. */
  private async unwrap(dir: string, isPart = false, depth = 0): Promise<Listing> {
    const here = await listFolder(this.files, dir, this.decoder);
    const [only] = here.folders;
    if (only === undefined || here.folders.length > 1 || here.photos.length > 0) return here;
    const isClass = (name: string) => this.known?.includes(classNamed(name)) ?? false;
    const isForTraining = isPart || this.known !== undefined || (partNamed(only) ?? 'train') === 'train';
    if (depth === DEEPEST || isClass(only) || !isForTraining) return here;
    const inner = await this.unwrap(joinPath(dir, only), isPart, depth + 1);
    const holdsClasses = inner.folders.length > 1 || inner.folders.some(isClass);
    return inner.photos.length === 0 && holdsClasses ? inner : here;
  }

  /**
   * The folders for training and for validation in a folder; undefined where its folders are classes. A class may well be called
   * "train" or "test": folders are parts where there is nothing else, or where they hold folders of the same names.
   */
  private async partsOf(top: Listing): Promise<{ train?: Listing; valid?: Listing } | undefined> {
    const named = top.folders.map((name) => ({ name, part: partNamed(name) }));
    const parts = named.filter((one): one is { name: string; part: PartName } => one.part !== undefined);
    if (parts.length === 0) return undefined;
    const listings = new Map<string, Listing>();
    for (const { name } of parts) listings.set(name, await this.unwrap(joinPath(top.dir, name), true));
    const of = (part: PartName) => parts.filter((one) => one.part === part).map(({ name }) => name);
    const [trainName = '', ...more] = of('train');
    const train = listings.get(trainName);
    const others = named.filter(({ part }) => part === undefined).map(({ name }) => name);
    if (others.length > 0 && !holdTheSame([...listings.values()])) {
      // Beside a class called "train" there are photos; beside training photos there are others, or none.
      const holdsClasses = train && train.photos.length === 0 && train.folders.length > 1;
      if (!holdsClasses || (parts.length < 2 && (await this.hasPhotos(top.dir, others)))) return undefined;
    }
    let valid: Listing | undefined;
    for (const name of [...of('val'), ...of('test')]) {
      const listing = listings.get(name);
      if (!listing) continue;
      if (valid) this.notes.push(`${listing.dir} is left alone: ${valid.dir} is what is judged by`);
      else if (train && isUnlabelled(listing, train)) this.notes.push(unlabelledText(listing));
      else valid = listing;
    }
    for (const name of [...more, ...others])
      this.notes.push(`${joinPath(top.dir, name)} is left alone: it is none of the parts that are used`);
    return { ...(train && { train }), ...(valid && { valid }) };
  }

  private async hasPhotos(dir: string, folders: readonly string[]): Promise<boolean> {
    for (const name of folders)
      if ((await findImages(this.files, joinPath(dir, name), this.decoder)).paths.length > 0) return true;
    return false;
  }

  /** The photos of class folders. `trained` are the classes of the training photos, where these are the validation photos. */
  private async classesIn(listing: Listing, trained?: readonly string[]): Promise<Found> {
    const { dir, folders } = listing;
    const needed = this.known || trained ? 1 : 2;
    if (folders.length === 0) throw this.withoutClasses(listing);
    if (!this.known) await this.refuseSplits(listing);
    const found: { readonly path: string; readonly name: string }[] = [];
    const empty: string[] = [];
    let ignored = listing.ignored;
    for (const folder of folders) {
      const inside = await findImages(this.files, joinPath(dir, folder), this.decoder);
      if (inside.paths.length === 0) empty.push(folder);
      for (const path of inside.paths) found.push({ path, name: classNamed(folder) });
      ignored = bothIgnored(ignored, inside.ignored);
    }
    const classes = union(found.map(({ name }) => name));
    const none = `There are no photos (${photoEndings(this.decoder).join(', ')}) in ${empty.map((name) => joinPath(dir, name)).join(', ')}`;
    if (classes.length < needed && empty.length > 0)
      throw new DataError(
        `${none}: put some there${classes.length === 1 ? `, as a classifier needs two classes and "${classes.join()}" is the only one` : ''}. ${expectedLayout(this.root)}`,
      );
    if (classes.length < needed)
      throw new DataError(
        `${dir} holds only one class, "${classes.join()}"; a classifier needs two or more. ${expectedLayout(this.root)}`,
      );
    for (const name of empty) {
      const isTrained = trained?.includes(classNamed(name)) ?? false;
      const what = isTrained ? 'this class is trained and not judged' : 'left out';
      this.notes.push(`${joinPath(dir, name)} holds no photos: ${what}`);
    }
    const kept = union(
      classes,
      trained?.filter((name) => empty.some((one) => classNamed(one) === name)),
    );
    const images = found.map(({ path, name }) => ({ path, label: kept.indexOf(name) }));
    return { classes: kept, images, ignored };
  }

  private withoutClasses({ dir, photos }: Listing): DataError {
    const layout = expectedLayout(this.root);
    if (photos.length === 0) return new DataError(`${dir} holds no class folders. ${layout}`);
    const found = `${dir} holds ${photos.length} photos outside any class folder`;
    const classes = namesTellClasses(photos);
    if (!classes) return new DataError(`${found}. ${layout}`, { problem: 'no-classes' });
    const shown = classes.slice(0, 3).map((name) => `"${name}"`);
    const more = classes.length > shown.length ? ', …' : '';
    const names = `whose names seem to tell their classes (${shown.join(', ')}${more})`;
    return new DataError(`${found}, ${names}. ${layout}`, { problem: 'classes-in-names' });
  }

  /** Refuses "classes" that all hold the same folders and no photos of their own: these are the classes, and those a split. */
  private async refuseSplits({ dir, folders }: Listing): Promise<void> {
    if (folders.length < 2) return;
    const inside: Listing[] = [];
    for (const name of folders) {
      const listing = await listFolder(this.files, joinPath(dir, name), this.decoder);
      if (listing.photos.length > 0 || listing.folders.length < 2) return;
      inside.push(listing);
    }
    if (!holdTheSame(inside)) return;
    const quoted = (names: readonly string[]) => names.slice(0, 3).map((name) => `"${name}"`);
    const [first] = inside;
    throw new DataError(
      `${quoted(folders).join(', ')} in ${dir} hold no photos of their own and all the same folders, ${quoted(first?.folders ?? []).join(', ')}: ` +
        `those would be the classes, and a network that tells ${quoted(folders).slice(0, 2).join(' from ')} is not what you want. ` +
        `Call one of them "train" and one "val", or give one of them alone. ${expectedLayout(this.root)}`,
    );
  }

  private checkSameClasses(
    train: readonly string[],
    { dir: trainDir }: Listing,
    valid: readonly string[],
    { dir: validDir }: Listing,
  ): void {
    const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
    const missing = train.filter((name) => !valid.includes(name));
    const extra = valid.filter((name) => !train.includes(name));
    if (missing.length + extra.length === 0) return;
    throw new DataError(
      `The classes in ${validDir} differ from those in ${trainDir}:` +
        (missing.length > 0 ? ` ${quoted(missing)} missing;` : '') +
        (extra.length > 0 ? ` ${quoted(extra)} not trained;` : '') +
        ' give both the same class folders.',
    );
  }
}

/** Whether folders hold no photos of their own and folders of the same names. */
function holdTheSame(listings: readonly Listing[]): boolean {
  const [first, ...others] = listings.map(({ folders, photos }) =>
    photos.length > 0 || folders.length === 0 ? '' : folders.map(classNamed).sort().join('/'),
  );
  return first !== undefined && first !== '' && others.length > 0 && others.every((one) => one === first);
}

/** Whether a folder beside the training photos holds photos without classes, as competitions give them out, or none. */
function isUnlabelled({ folders, photos }: Listing, train: Listing): boolean {
  if (folders.length === 0) return train.folders.length > 0;
  return (
    folders.length === 1 &&
    photos.length === 0 &&
    !train.folders.map(classNamed).includes(classNamed(folders[0] ?? ''))
  );
}

const unlabelledText = ({ dir, folders, photos }: Listing): string =>
  `${dir} ${folders.length + photos.length === 0 ? 'is empty' : 'holds photos without classes'}: a part of the training photos is set aside in its place`;

const relabel = ({ classes: before, images }: Found, classes: readonly string[]): readonly LabelledPath[] =>
  images.map(({ path, label }) => ({ path, label: classes.indexOf(before[label] ?? '') }));

/** All names once, sorted. */
export const union = (...lists: readonly (readonly string[] | undefined)[]): string[] =>
  [...new Set(lists.flatMap((list) => list ?? []))].sort(compareCodePoints);

export function expectedLayout(dir: string): string {
  return `Expected one folder of photos per class:
  ${joinPath(dir, 'cats')}/*.jpg
  ${joinPath(dir, 'dogs')}/*.jpg
or, with photos set aside for validation:
  ${joinPath(dir, 'train')}/{cats,dogs}/*.jpg
  ${joinPath(dir, 'val')}/{cats,dogs}/*.jpg`;
}
