// The decoders that photos may be read by, and which files each looks at. Two decoders may round a JPEG's pixels differently, so which one
// read a run's photos is part of what the run is.

/**
 * `sharp` is libvips in Node, `browser` a browser's own: both are native code and know many formats. `graft`'s own decoders are plain
 * JavaScript, the same in every face, and read JPEG and PNG.
 */
export const decoderNames = ['graft', 'browser', 'sharp'] as const;
export type DecoderName = (typeof decoderNames)[number];

const MANY = ['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.bmp', '.avif'] as const;
// HEIC only in Safari, and in Node with a package that whoever wants it installs; elsewhere the file is told of with the reason, and not
// passed over.
const HEIC = ['.heic', '.heif'] as const;

const ENDINGS: Readonly<Record<DecoderName, readonly string[]>> = {
  graft: ['.jpg', '.jpeg', '.png'],
  browser: [...MANY, ...HEIC],
  sharp: [...MANY, '.tif', '.tiff', ...HEIC],
};

/** The endings of files that a decoder looks at, each with its dot, in small letters. */
export const photoEndings = (decoder: DecoderName): readonly string[] => ENDINGS[decoder];

/** What unpacked archives and network drives leave beside people's folders. */
export const isHidden = (name: string): boolean =>
  name.startsWith('.') || name === '__MACOSX' || name === '@eaDir';

/** Whether a file of this name, without its folder, is looked at for a photo. What it is in truth its bytes say. */
export const isPhotoName = (name: string, decoder: DecoderName): boolean =>
  !isHidden(name) && ENDINGS[decoder].some((ending) => name.toLowerCase().endsWith(ending));
