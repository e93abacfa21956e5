/** Files on their way to the visitor's disk. */
import type { Taken } from '../../engine/calls/carry.ts';

/** Hands a file to the browser, which saves it among the downloads. */
export function saveFile({ name, file }: Taken): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

type Picker = (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>;

/**
 * Asks where a file shall be saved, where the browser can: what is large is then written there without passing through the downloads.
 * To be called at once in answer to a click. Undefined where the browser cannot ask, `closed` where the visitor thought better of it.
 */
export async function pickPlace(suggestedName: string): Promise<FileSystemFileHandle | undefined | 'closed'> {
  const { showSaveFilePicker } = globalThis as unknown as { readonly showSaveFilePicker?: Picker };
  if (!showSaveFilePicker) return undefined;
  try {
    return await showSaveFilePicker({ suggestedName });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'closed';
    return undefined; // it may be forbidden, as in a frame
  }
}

/** Writes a file piece by piece to its place. */
export async function writeTo(place: FileSystemFileHandle, file: Blob): Promise<void> {
  await file.stream().pipeTo(await place.createWritable());
}
