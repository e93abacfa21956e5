// JPEG to RGB through jpeg-js, which is plain JavaScript and so runs wherever graft does. jpeg-js trusts its input:
// this file reads the markers first and refuses what would make it take memory or time out of proportion to the file.

import { decode } from 'jpeg-js';
import { ImageError } from './errors.ts';
import { checkImageSize, type DecodedImage } from './image.ts';
import { yccToRgb } from './jpeg-colour.ts';
import { type JpegHeader, readJpegHeader } from './jpeg-header.ts';

/**
 * Progressive files in use have about ten scans; each costs a pass over the whole image, so
 * a thousand would be an attack.
 */
const MAX_SCANS = 100;

/**
 * Decodes a baseline or progressive JPEG (grey, YCbCr, RGB, Adobe CMYK or YCCK) to RGB [H, W, 3].
 * @throws ImageError with a reason, or whatever jpeg-js throws for damage inside the coded data.
 */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number): DecodedImage {
  const header = readJpegHeader(bytes);
  checkImageSize(header.width, header.height, maxPixels);
  checkPlausible(header);

  // Four components stay with jpeg-js; of three it shall give the raw ones, which it does
  // where no Adobe marker insists.
  const isYcc = header.isYcc && header.components.length === 3;
  const coded = bytes.slice(0, header.end);
  if (isYcc && header.adobeTransformAt !== undefined) coded[header.adobeTransformAt] = 0;
  const { width, height, data } = decode(coded, {
    useTArray: true,
    formatAsRGBA: false,
    colorTransform: header.isYcc && !isYcc,
    // Despite its name this only skips blocks that do not exist, which the last restart interval of a grey image
    // counts. Damaged data is refused either way, as PIL does: half a photo is worse for training than none.
    tolerantDecoding: true,
    // The checks above are stricter where it matters; these limits only have to let pass what they let pass.
    maxResolutionInMP: Infinity,
    maxMemoryUsageInMB: Infinity,
  });
  if (isYcc) yccToRgb({ width, height, data }, header.components);
  return { width, height, data };
}

/**
 * jpeg-js takes 256 bytes for every 8 × 8 block before it reads a pixel. Every block costs at least two
 * bits in a baseline file (a DC and an AC code) and one in a progressive one, so a large header over
 * little data is truncated or hostile.
 */
function checkPlausible(header: JpegHeader): void {
  const { width, height, components, progressive, codedBytes, scans } = header;
  if (components.length === 4 && header.adobeTransformAt === undefined) {
    throw new ImageError(
      'is a CMYK JPEG without the Adobe marker that says how to read it: convert it to RGB',
    );
  }
  if (scans > MAX_SCANS) {
    throw new ImageError(`is a JPEG with ${scans} scans; graft reads up to ${MAX_SCANS}: save it again`);
  }
  const maxH = Math.max(...components.map((component) => component.horizontalSampling));
  const maxV = Math.max(...components.map((component) => component.verticalSampling));
  const blocks = components.reduce(
    (sum, { horizontalSampling: h, verticalSampling: v }) =>
      sum + Math.ceil((Math.ceil(width / 8) * h) / maxH) * Math.ceil((Math.ceil(height / 8) * v) / maxV),
    0,
  );
  if (codedBytes * 8 < blocks * (progressive ? 1 : 2)) {
    throw new ImageError(
      `is truncated: ${codedBytes} bytes of image data cannot hold ${width} × ${height} pixels`,
    );
  }
}
