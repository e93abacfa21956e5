// The library sharp, and with it libvips: there or not, as it is an optional dependency and not built for every machine. It is loaded at
// once and not by `import()`, for what it is loaded for must know whether it is there, and its shared library has to be loaded by the
// process's first thread before workers use it.
import { createRequire } from 'node:module';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type sharpOf from 'sharp';

export type Sharp = typeof sharpOf;

/** The library, or in words why it is not to be had. */
export type OpenedSharp = { readonly sharp: Sharp } | { readonly sharp: undefined; readonly reason: string };

/**
 * libvips chooses who reads a file by looking at its bytes, and does so again after graft has. These are all that it may choose from:
 * a file cannot pass as a photo here and be an SVG, a PDF or a program's own format there, and of a JPEG with a second layer for bright
 * screens (Ultra HDR) the plain picture is read.
 */
const LOADERS = ['JpegBuffer', 'PngBuffer', 'WebpBuffer', 'NsgifBuffer', 'TiffBuffer', 'HeifBuffer'];

/** Under this name a thread tells those that it starts that the loaders are chosen. */
const CHOSEN = 'graft: loaders of libvips';

/**
 * Loads sharp for decoding photos. The choice of loaders counts for all of the process and is made in two steps, between which no file can
 * be read: the first thread makes it, before there are others that decode, and they leave it alone.
 */
export function openSharp(): OpenedSharp {
  let sharp: Sharp;
  try {
    sharp = createRequire(import.meta.url)('sharp') as Sharp;
  } catch (error) {
    return { sharp: undefined, reason: reasonOf(error) };
  }
  sharp.cache(false); // no file is read twice
  sharp.concurrency(1); // photos are decoded at the same time, not their parts
  if (getEnvironmentData(CHOSEN) !== true) {
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: LOADERS.map((name) => `VipsForeignLoad${name}`) });
    setEnvironmentData(CHOSEN, true);
  }
  return { sharp };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (code === 'MODULE_NOT_FOUND') return 'it is not installed';
  return `it cannot start: ${String(message).split('\n', 1)[0] ?? ''}`;
}
