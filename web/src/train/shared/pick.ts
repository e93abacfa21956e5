/** Photos from where people have them: dropped and pasted files and folders, and the pickers of files and of folders. */
import { messageOf } from '../../../../src/format.ts';
import type { PickedPhoto } from '../../engine/calls/photos.ts';

/** The files of an input element, by the paths that a picked folder gives them. */
export const pickedOf = (files: FileList | null): PickedPhoto[] =>
  Array.from(files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));

/** So many files of a folder are asked for at once. */
const AT_ONCE = 32;
/** After so many milliseconds of walking the page gets its turn. */
const LONG_MS = 30;

/**
 * All files that were dropped or pasted, those in folders too. What cannot be given, because it is gone or may not be read, is there
 * with its problem.
 */
export async function droppedOf(transfer: DataTransfer): Promise<PickedPhoto[]> {
  // Entries and files are gone once this turn of the event loop is over: take them all at once. What comes from no disk,
  // a picture dragged out of another page, is a file without an entry.
  const items = Array.from(transfer.items)
    .filter(({ kind }) => kind === 'file')
    .map((item) => [item.webkitGetAsEntry(), item.getAsFile()] as const);
  const found: PickedPhoto[] = [];
  const breath = breather();
  for (const [entry, file] of items) {
    if (entry) await walk(entry, '', found, breath);
    else if (file) found.push({ path: file.name, file });
  }
  return found;
}

/** Lets the page show and answer where the work between two calls has taken long. */
function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < LONG_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}

async function walk(
  entry: FileSystemEntry,
  above: string,
  found: PickedPhoto[],
  breath: () => Promise<void>,
): Promise<void> {
  const path = above === '' ? entry.name : `${above}/${entry.name}`;
  if (entry.isFile) {
    found.push(await fileOf(entry as FileSystemFileEntry, path));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    let some: readonly FileSystemEntry[];
    try {
      // A call gives a hundred entries at the most; none is the end.
      some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    } catch (error) {
      found.push(unreadable(path, error));
      return;
    }
    if (some.length === 0) return;
    const files = some.filter(({ isFile }) => isFile) as FileSystemFileEntry[];
    for (let at = 0; at < files.length; at += AT_ONCE) {
      const next = files.slice(at, at + AT_ONCE);
      found.push(...(await Promise.all(next.map((file) => fileOf(file, `${path}/${file.name}`)))));
      await breath();
    }
    for (const inner of some) if (!inner.isFile) await walk(inner, path, found, breath);
  }
}

async function fileOf(entry: FileSystemFileEntry, path: string): Promise<PickedPhoto> {
  try {
    return { path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) };
  } catch (error) {
    return unreadable(path, error);
  }
}

const unreadable = (path: string, error: unknown): PickedPhoto => ({
  path,
  file: new Blob(),
  problem: `cannot be read: ${messageOf(error)}`,
});
