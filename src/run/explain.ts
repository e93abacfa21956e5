/** Where a network looked, as pictures for people and names of files for them. */
import { encodePng, resizeTo, type DecodedImage } from '../data/index.ts';
import type { Picture } from '../report/index.ts';
import { overlay, type ClassMap } from '../train/index.ts';

/** What spoke for a class in a photo: plain data. */
export interface Explanation {
  /** The class by name. */
  readonly class: string;
  readonly map: ClassMap;
  /** The photo as the network saw it: of its size, squashed or cropped as its model's are. */
  readonly seen: DecodedImage;
}

export interface OverlaySize {
  /** The picture's longer side in pixels: at least so many, and at most. By default as the network saw it. */
  readonly least?: number;
  readonly most?: number;
}

/** The photo with its map over it, as a PNG. */
export function overlayPicture(
  { seen, map }: Pick<Explanation, 'seen' | 'map'>,
  { least = 1, most = Infinity }: OverlaySize = {},
): Picture {
  const longer = Math.max(seen.width, seen.height);
  const scale = Math.min(Math.max(longer, least), most) / longer;
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const shown = overlay(resizeTo(seen, side(seen.width), side(seen.height)), map);
  return { type: 'image/png', bytes: encodePng(shown), width: shown.width, height: shown.height };
}

/** A stem is cut to this many characters, of at most four bytes each. */
const LONGEST_STEM = 40;

/**
 * A name for the overlay of the photo at `path` that every file system takes and that is not in `taken`, to which it is added.
 * Letters of any script stay; what is special to a shell or a system becomes `_`.
 */
export function overlayName(path: string, taken: Set<string>): string {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const letters = [
    ...file
      .replace(/\.[^.]*$/, '')
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}._-]/gu, '_'),
  ];
  const stem = letters.slice(0, LONGEST_STEM).join('').replace(/^[.-]/, '_') || '_';
  for (let number = 1; ; number++) {
    const name = `${stem}-looked${number === 1 ? '' : `-${number}`}.png`;
    const key = name.toLowerCase(); // some file systems do not tell cases apart
    if (taken.has(key)) continue;
    taken.add(key);
    return name;
  }
}
