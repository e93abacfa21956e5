/**
 * A class map over its photo, for people: warm and bright where the network looked, the photo as it is where it did not. The colours
 * are evenly spaced to the eye: lightness grows in a straight line through OKLab (Ottosson 2020), so that the map reads in grey as well
 * and by eyes that tell few hues apart.
 */
import type { Colour, DecodedImage } from '../../data/index.ts';
import type { ClassMap } from './grad-cam.ts';

/** How much of the strongest colour's place is colour and not photo. */
const STRONGEST = 0.62;

/** The photo [H, W, 3] with the map stretched over it by bilinear interpolation. */
export function overlay({ width, height, data }: DecodedImage, map: ClassMap): DecodedImage {
  const out = new Uint8Array(data.length);
  const columns = Array.from({ length: width }, (_, x) => between(x, width, map.width));
  for (let y = 0, at = 0; y < height; y++) {
    const row = between(y, height, map.height);
    for (const column of columns) {
      const value = valueAt(map, row, column);
      const share = STRONGEST * value * (2 - value); // soon seen, and slower to cover
      for (const channel of heatColour(value)) {
        out[at] = Math.round((1 - share) * (data[at] ?? 0) + share * channel);
        at += 1;
      }
    }
  }
  return { width, height, data: out };
}

/** Two neighbours and how far a place lies from the first to the second. */
interface Between {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** Pixel `index` of `size` among `cells` cells, by their centres; beyond the outermost centres theirs holds. */
function between(index: number, size: number, cells: number): Between {
  const place = Math.min(Math.max(((index + 0.5) * cells) / size - 0.5, 0), cells - 1);
  const first = Math.floor(place);
  return { first, second: Math.min(first + 1, cells - 1), share: place - first };
}

function valueAt({ width, values }: ClassMap, row: Between, column: Between): number {
  const at = (y: number, x: number) => values[y * width + x] ?? 0;
  const along = (y: number) => at(y, column.first) * (1 - column.share) + at(y, column.second) * column.share;
  return along(row.first) * (1 - row.share) + along(row.second) * row.share;
}

const STEPS = 256;

/** The colour of a value of 0 … 1, as bytes. */
export const heatColour = (value: number): Colour =>
  colours[Math.round(Math.min(Math.max(value, 0), 1) * (STEPS - 1))] ?? [0, 0, 0];

/** From a dark violet over red and orange to a light yellow. */
const colours: readonly Colour[] = Array.from({ length: STEPS }, (_, step) => {
  const t = step / (STEPS - 1);
  const hue = ((-60 + 160 * t) * Math.PI) / 180;
  const chroma = 0.09 + 0.36 * t * (1 - t) + 0.04 * t;
  return fromOklab(0.3 + 0.62 * t, chroma * Math.cos(hue), chroma * Math.sin(hue));
});

/** OKLab → sRGB; what no screen can show is clipped. */
export function fromOklab(lightness: number, a: number, b: number): Colour {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function toByte(linear: number): number {
  const encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(Math.max(encoded, 0), 1));
}
