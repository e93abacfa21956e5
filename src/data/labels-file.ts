/**
 * Photos whose classes stand in a file beside them, as competitions and exports of labelling tools have it: a row for each photo, with
 * the photo's name and its class. The columns are found by their titles, or else by which of them names photos that are there.
 */
import { plural } from '../format.ts';
import { parseCsv } from './csv.ts';
import { type DecoderName, photoEndings } from './decoders.ts';
import { DataError } from './errors.ts';
import type { FileSystem } from './files.ts';
import { type ImageFolder, union } from './folder.ts';
import { findImages } from './listing.ts';
import { classNamed, partNamed } from './parts.ts';

/** Titles of columns, in small letters without spaces and underscores; the first that is there counts. */
const TITLES = {
  file: [
    ...['file', 'filename', 'filepath', 'path', 'imagepath', 'imagefile', 'imagename', 'imageid', 'image'],
    ...['imgname', 'imgid', 'img', 'photo', 'picture', 'id', 'name'],
  ],
  label: [
    ...['classname', 'labelname', 'categoryname', 'label', 'labels', 'class', 'classes', 'category'],
    ...['species', 'breed', 'diagnosis', 'tag', 'target', 'y'],
  ],
  part: ['split', 'set', 'subset', 'part', 'dataset'],
} as const;

/**
 * The photos below `dir` with the classes that the table at `labels` gives them; a column `split` says what is for validation.
 * Throws `DataError` where the table cannot be read, names no photo that is there, or contradicts itself.
 */
export async function scanLabelled(
  files: FileSystem,
  dir: string,
  labels: string,
  { decoder = 'graft' }: { readonly decoder?: DecoderName | undefined } = {},
): Promise<ImageFolder> {
  if ((await files.kind(dir)) !== 'directory')
    throw new DataError(`There is no folder ${dir} of the photos that ${labels} gives classes to.`);
  const rows = parseCsv(await readText(files, labels));
  const { paths, ignored } = await findImages(files, dir, decoder);
  const photos = new PhotoNames(dir, paths, photoEndings(decoder));
  const columns = findColumns(rows, photos, labels);
  const labelled = new Map<string, { readonly name: string; readonly part: string | undefined }>();
  const missing: string[] = [];
  let nameless = 0;
  for (const row of rows.slice(columns.hasTitles ? 1 : 0)) {
    const file = row[columns.file] ?? '';
    const name = classNamed((row[columns.label] ?? '').trim());
    const path = photos.find(file);
    if (name === '') nameless++;
    else if (path === undefined) missing.push(file);
    else {
      const before = labelled.get(path);
      if (before && before.name !== name)
        throw new DataError(
          `${labels} gives ${path} two classes, "${before.name}" and "${name}", and a photo is of one: leave one of the rows out.`,
        );
      labelled.set(path, { name, part: columns.part === undefined ? undefined : row[columns.part] });
    }
  }
  if (labelled.size === 0)
    throw new DataError(
      `${labels} names no photo that is in ${dir}${missing.length > 0 ? `: "${missing[0]}" is not there, for instance` : ''}.`,
    );
  const classes = union([...labelled.values()].map(({ name }) => name));
  const notes = [
    ...(missing.length > 0
      ? [`${plural(missing.length, 'row')} of ${labels} without a photo in ${dir}, such as "${missing[0]}"`]
      : []),
    ...(nameless > 0 ? [`${plural(nameless, 'row')} of ${labels} without a class: left out`] : []),
    ...(labelled.size < paths.length
      ? [`${plural(paths.length - labelled.size, 'photo')} in ${dir} without a class in ${labels}: left out`]
      : []),
  ];
  // In the order of the folder, not of the table: the same photos are then the same run.
  const images = paths.flatMap((path) => {
    const { name, part } = labelled.get(path) ?? {};
    if (name === undefined) return [];
    return [{ path, label: classes.indexOf(name), isValid: part !== undefined && isForValidation(part) }];
  });
  const valid = images.filter(({ isValid }) => isValid);
  const train = images.filter(({ isValid }) => !isValid);
  const plain = (list: typeof images) => list.map(({ path, label }) => ({ path, label }));
  return {
    ...{ classes, train: plain(train), valid: valid.length > 0 ? plain(valid) : undefined, ignored },
    ...(notes.length > 0 && { notes }),
  };
}

const isForValidation = (text: string): boolean => (partNamed(text.trim()) ?? 'train') !== 'train';

async function readText(files: FileSystem, path: string): Promise<string> {
  if ((await files.kind(path)) !== 'file')
    throw new DataError(
      `There is no file ${path}: it would hold a row for each photo, such as cat1.jpg,cat.`,
    );
  try {
    return new TextDecoder('utf-8').decode(await files.read(path));
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Photos by what a table may call them: the path below the folder, a longer one, the name alone, and that without its ending. */
class PhotoNames {
  /** Null for what two photos are called. */
  private readonly byName = new Map<string, string | null>();

  constructor(
    dir: string,
    paths: readonly string[],
    private readonly endings: readonly string[],
  ) {
    for (const path of paths) {
      const below = path.slice(dir.length).replace(/^\/+/, '');
      const names = [below, below.slice(below.lastIndexOf('/') + 1)];
      for (const name of new Set(names.flatMap((one) => [one, this.withoutEnding(one)]).map(plain)))
        this.byName.set(name, this.byName.has(name) ? null : path);
    }
  }

  find(given: string): string | undefined {
    const name = plain(given);
    // A path that begins above the folder, or elsewhere on another machine, ends like the photo's.
    for (let from = 0; ;) {
      const found =
        this.byName.get(name.slice(from)) ?? this.byName.get(this.withoutEnding(name.slice(from)));
      if (found) return found;
      const next = name.indexOf('/', from);
      if (next < 0) return undefined;
      from = next + 1;
    }
  }

  private withoutEnding(name: string): string {
    const ending = this.endings.find((one) => name.toLowerCase().endsWith(one));
    return ending === undefined ? name : name.slice(0, -ending.length);
  }
}

const plain = (name: string): string =>
  name
    .trim()
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '');

interface Columns {
  readonly file: number;
  readonly label: number;
  readonly part: number | undefined;
  readonly hasTitles: boolean;
}

/** As many rows are looked at to find the column that names photos. */
const LOOKED_AT = 100;

function findColumns(rows: readonly (readonly string[])[], photos: PhotoNames, source: string): Columns {
  const [head = []] = rows;
  const titles = head.map((title) => title.toLowerCase().replaceAll(/[\s_.-]/g, ''));
  const titled = (names: readonly string[]) => {
    const name = names.find((one) => titles.includes(one));
    return name === undefined ? undefined : titles.indexOf(name);
  };
  const hits = head.map(
    (_, column) => rows.slice(0, LOOKED_AT).filter((row) => photos.find(row[column] ?? '')).length,
  );
  const most = Math.max(0, ...hits);
  const hasTitles = !head.some((field) => photos.find(field));
  const file = most > 0 ? hits.indexOf(most) : hasTitles ? titled(TITLES.file) : undefined;
  const byTitle = hasTitles ? titled(TITLES.label) : undefined;
  const other = head.length === 2 && file !== undefined ? 1 - file : undefined;
  const label = byTitle === file ? other : (byTitle ?? other);
  if (file === undefined || label === undefined)
    throw new DataError(
      `${source} has no columns that say which photo is of which class${head.length > 0 ? ` (its first row is ${head.slice(0, 8).join(', ')})` : ''}: ` +
        'title them "file" and "label".',
    );
  return { file, label, part: hasTitles ? titled(TITLES.part) : undefined, hasTitles };
}
