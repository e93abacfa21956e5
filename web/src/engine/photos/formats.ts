/** The photos that a run on this site can read, by the endings of their names; what a file is in truth its bytes say. */
import { isPhotoName as isNameFor, photoEndings } from '../../../../src/data/decoders.ts';

export const isPhotoName = (name: string): boolean => isNameFor(name, 'browser');
/** For the browser's choice of files. */
export const PHOTO_ENDINGS = photoEndings('browser').join(',');
