/** Photos from where people have them: dropped files and folders, and the pickers of files and of folders. */
import type { PickedPhoto } from '../../engine/calls/photos.ts';

/** The files of an input element, by the paths that a picked folder gives them. */
export const pickedOf = (files: FileList | null): PickedPhoto[] =>
  Array.from(files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));

/** All files that were dropped, those in folders too. */
export async function droppedOf(transfer: DataTransfer): Promise<PickedPhoto[]> {
  // Entries and files are gone once this turn of the event loop is over: take them all at once. What comes from no disk,
  // a picture dragged out of another page, is a file without an entry.
  const items = Array.from(transfer.items, (item) => [item.webkitGetAsEntry(), item.getAsFile()] as const);
  const found: PickedPhoto[] = [];
  for (const [entry, file] of items) {
    if (entry) await walk(entry, '', found);
    else if (file) found.push({ path: file.name, file });
  }
  return found;
}

async function walk(entry: FileSystemEntry, folder: string, found: PickedPhoto[]): Promise<void> {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A call gives a hundred entries at the most; none is the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const inner of some) await walk(inner, path, found);
  }
}
