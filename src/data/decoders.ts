// The decoders that photos may be read by, and which files each looks at. Two decoders round a JPEG's pixels differently, so which one
// read a run's photos is part of what the run is.

/** `graft`'s own decoders are the same in every face; the `browser`'s are faster and know more formats. */
export const decoderNames = ['graft', 'browser'] as const;
export type DecoderName = (typeof decoderNames)[number];

const ENDINGS: Readonly<Record<DecoderName, readonly string[]>> = {
  graft: ['.jpg', '.jpeg', '.png'],
  // HEIC only in Safari; elsewhere the file is told of with the reason, and not passed over.
  browser: [
    ...['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.bmp', '.avif'],
    ...['.heic', '.heif'],
  ],
};

/** The endings of files that a decoder looks at, each with its dot, in small letters. */
export const photoEndings = (decoder: DecoderName): readonly string[] => ENDINGS[decoder];

/** What unpacked archives and network drives leave beside people's folders. */
export const isHidden = (name: string): boolean =>
  name.startsWith('.') || name === '__MACOSX' || name === '@eaDir';

/** Whether a file of this name, without its folder, is looked at for a photo. What it is in truth its bytes say. */
export const isPhotoName = (name: string, decoder: DecoderName): boolean =>
  !isHidden(name) && ENDINGS[decoder].some((ending) => name.toLowerCase().endsWith(ending));
