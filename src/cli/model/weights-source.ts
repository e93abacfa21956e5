// `--weights`: a file, or the name of a known network, which is found in the cache or
// downloaded before the eyes of the user.
import { resolveWeights, type ResolveOptions } from '../../platform/node/weights-cache.ts';
import { DownloadDisplay } from './download-display.ts';

/** The path of the file that `nameOrPath` means; shows a download that it needs. Rejects as `resolveWeights` does. */
export async function findWeights(
  nameOrPath: string,
  { download, signal }: Pick<ResolveOptions, 'download' | 'signal'>,
): Promise<string> {
  const display = new DownloadDisplay(nameOrPath);
  try {
    return await resolveWeights(nameOrPath, { download, signal, onProgress: display.update });
  } finally {
    display.clear();
  }
}
