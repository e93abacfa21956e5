// Which decoders read photos in Node: sharp where it is to be had, and graft's own, which are always there.
import { decodeImage } from '../../../data/decode.ts';
import type { DecoderName } from '../../../data/decoders.ts';
import { DataError } from '../../../data/errors.ts';
import type { Decode } from '../../../data/source.ts';
import { openSharp, type OpenedSharp } from './sharp.ts';
import { sharpDecoder } from './sharp-decoder.ts';

/** Those that are to be had; the first is for whatever was not begun with another. */
export type Decoders = readonly [DecoderName, ...DecoderName[]];

/** What `GRAFT_DECODER` may ask for. */
const KNOWN = ['sharp', 'graft'] as const;

/**
 * The decoders of this process. `want` is the name of the one that is to be first; by default it is sharp, where there is one. Throws
 * `DataError` if it is not to be had.
 */
export function decodersHere(
  want = process.env['GRAFT_DECODER'] ?? '',
  opened: OpenedSharp = openSharp(),
): Decoders {
  const here: Decoders = opened.sharp ? KNOWN : ['graft'];
  const first = want === '' ? here[0] : here.find((name) => name === want.toLowerCase());
  if (first) return [first, ...here.filter((name) => name !== first)];
  if (opened.sharp || want.toLowerCase() !== 'sharp')
    throw new DataError(`GRAFT_DECODER=${want} names no decoder: it may be ${KNOWN.join(' or ')}.`);
  throw new DataError(
    `GRAFT_DECODER=${want} cannot be had: ${opened.reason}. \`npm install sharp\` may help.`,
  );
}

/** The decoder of that name. Throws `RangeError` if there is none here. */
export function decoderOf(name: DecoderName): Decode {
  if (name === 'graft') return decodeImage;
  const { sharp } = openSharp();
  if (name !== 'sharp' || !sharp) throw new RangeError(`There is no decoder ${name} here.`);
  return sharpDecoder(sharp);
}
