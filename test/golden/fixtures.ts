// Reads the image fixtures and goldens that make_data.py writes into test/golden/data, and make_photos.py into test/golden/photos.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { DecodedImage } from '../../src/data/image.ts';

const folder = new URL('./data/', import.meta.url);
const photoFolder = new URL('./photos/', import.meta.url);

/** All files of test/golden/data with this ending, sorted. */
export function fixtureNames(ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort();
}

/** The bytes of a fixture. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

/** The RGB image in a binary PPM file (P6, 8 bits), which is what PIL made of the fixture of the same name. */
export const golden = (name: string): DecodedImage => parsePpm(fixture(name), name);

/** All photos of test/golden/photos, sorted. */
export const photoNames = (): string[] =>
  readdirSync(photoFolder)
    .filter((name) => !name.endsWith('.ppm'))
    .sort();

/** The bytes of a photo. */
export const photo = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, photoFolder)));

/** What PIL shows of a photo; undefined if it refuses it. */
export const photoGolden = (name: string): DecodedImage | undefined =>
  existsSync(new URL(`${name}.ppm`, photoFolder)) ? parsePpm(photo(`${name}.ppm`), name) : undefined;

function parsePpm(bytes: Uint8Array, name: string): DecodedImage {
  const header = /^P6\s(\d+)\s(\d+)\s255\s/.exec(String.fromCharCode(...bytes.subarray(0, 32)));
  if (!header) throw new Error(`${name} is not a binary PPM`);
  return { width: Number(header[1]), height: Number(header[2]), data: bytes.subarray(header[0].length) };
}
