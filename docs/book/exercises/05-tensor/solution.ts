/** Exercise 5, solved. */

export interface Crop {
  /** Left upper corner in the picture. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** The part `crop` of a picture that is `width` pixels wide, mirrored if `flip`: bytes [h, w, 3] → normalised [crop.height, crop.width, 3]. */
export function toTensor(bytes: Uint8Array, width: number, crop: Crop, flip: boolean): Float32Array {
  const tensor = new Float32Array(crop.height * crop.width * 3);
  for (let row = 0; row < crop.height; row++)
    for (let column = 0; column < crop.width; column++)
      for (let channel = 0; channel < 3; channel++) {
        const from = flip ? crop.width - 1 - column : column;
        const byte = bytes[((crop.y + row) * width + crop.x + from) * 3 + channel] ?? NaN;
        const value = (byte / 255 - (MEAN[channel] ?? NaN)) / (DEVIATION[channel] ?? NaN);
        tensor[(row * crop.width + column) * 3 + channel] = value;
      }
  return tensor;
}
