/** Which files are taken for photos, by their names: those that the browser's decoder reads. What they are is told by their bytes. */
import { isPhotoName as isPhotoNameOf, photoEndings } from '../../../../src/data/decoders.ts';

export const isPhotoName = (name: string): boolean => isPhotoNameOf(name, 'browser');
/** For the browser's choice of files. */
export const PHOTO_ENDINGS = photoEndings('browser').join(',');

const BY_TYPE: Readonly<Record<string, string>> = {
  ...{ 'image/jpeg': '.jpg', 'image/webp': '.webp', 'image/gif': '.gif', 'image/bmp': '.bmp' },
  'image/avif': '.avif',
};
/** The name's ending for bytes of a photo that came without a name. */
export const endingOf = (type: string): string => BY_TYPE[type] ?? '.png';
