/** The photos that a run can read, by the endings of their names; what a file is in truth its bytes say. */
const ENDING = /\.(jpe?g|png)$/i;

export const isPhotoName = (name: string): boolean => ENDING.test(name);
/** For the browser's choice of files. */
export const PHOTO_ENDINGS = '.jpg,.jpeg,.png';
/** The name's ending for bytes of a photo that came without a name. */
export const endingOf = (type: string): string => (type === 'image/jpeg' ? '.jpg' : '.png');
