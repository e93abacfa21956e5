// The files that a user picked or dropped, as the file system that runs read photos from.
import { fileTree } from '../../data/file-tree.ts';
import type { FileSystem } from '../../data/index.ts';

/** Files by their paths: `webkitRelativePath` of a picked folder, or the path found by walking a dropped folder. */
export const pickedFiles = (files: Iterable<readonly [path: string, file: Blob]>): FileSystem =>
  fileTree(Array.from(files, ([path, file]) => [path, async () => new Uint8Array(await file.arrayBuffer())]));
