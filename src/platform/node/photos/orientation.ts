// Where a camera's or an editor's note of how a picture is to be turned may stand besides EXIF's own place: in XMP, and in a PNG as text, as
// ImageMagick writes it. Pillow looks there, sharp does not.
import type { Metadata } from 'sharp';
import { isOrientation, type Orientation, readOrientation } from '../../../data/orientation.ts';

/** The orientation that XMP or a PNG's text tells; 1, upright, if neither does. */
export function orientationElsewhere({
  xmpAsString,
  comments,
}: Pick<Metadata, 'xmpAsString' | 'comments'>): Orientation {
  const profile = comments?.find(({ keyword }) => keyword === 'Raw profile type exif');
  const exif = profile && exifOf(profile.text);
  const told = exif ? readOrientation(exif) : 1;
  if (told !== 1) return told;
  const inXmp = Number(xmpAsString?.match(/tiff:Orientation(?:="|>)([0-9])/)?.[1]);
  return isOrientation(inXmp) ? inXmp : 1;
}

/** A profile as text: its name, its length, and on further lines its bytes in hexadecimal; in TIFF form. */
function exifOf(text: string): Uint8Array {
  const bytes = Buffer.from(text.split('\n').slice(3).join(''), 'hex');
  const head = 'Exif\0\0';
  return bytes.toString('latin1', 0, head.length) === head ? bytes.subarray(head.length) : bytes;
}
