// Decoding in a browser, for decoding.test.ts: the pool of decode workers over files that a test gives as texts in base64, and the
// decoder by itself with ways of reading a bitmap that are not to be trusted.
import type { DecoderName, Transform } from '../../src/data/index.ts';
import { decodeImage } from '../../src/data/decode.ts';
import { encodePng } from '../../src/data/png-encode.ts';
import { fileTree } from '../../src/data/file-tree.ts';
import { type BitmapReader, byCanvas, byFrame } from '../../src/platform/web/bitmap-pixels.ts';
import { type BitmapReaders, browserDecoder } from '../../src/platform/web/browser-decoder.ts';
import { webDecodePool } from '../../src/platform/web/decode-pool.ts';
import { answer } from './worker.ts';

/** An image as plain data, or why there is none. */
export type Told =
  { readonly width: number; readonly height: number; readonly data: string } | { readonly reason: string };

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Readers by how well they are behaved. */
const READERS = {
  all: { canvas: byCanvas, frame: byFrame },
  'canvas alone': { canvas: byCanvas, frame: missing },
  lying: { canvas: altered(byCanvas), frame: byFrame },
  'turning nothing': { canvas: byFrame, frame: byFrame },
} satisfies Readonly<Record<string, BitmapReaders>>;

function missing(): never {
  throw new ReferenceError('VideoFrame is not defined');
}

/** Alters one byte in four thousand by one, as browsers do that hide what a canvas tells of the machine. */
function altered(reader: BitmapReader): BitmapReader {
  return (bitmap) => {
    const open = reader(bitmap);
    return {
      close: () => open.close(),
      async rows(y, count) {
        const rows = await open.rows(y, count);
        for (let at = 1; at < rows.data.length; at += 4000) rows.data[at]! ^= 1; // within the array
        return rows;
      },
    };
  };
}

answer({
  /** Decodes files by name in the pool's workers, in their order. */
  async decode(files: Readonly<Record<string, string>>, decoder: DecoderName, transform: Transform) {
    const tree = fileTree(
      Object.entries(files).map(([name, text]) => [name, () => Promise.resolve(fromBase64(text))]),
    );
    const pool = webDecodePool(tree, () => new Worker('/decode.mjs', { type: 'module' }), decoder);
    const told: Told[] = [];
    try {
      for await (const result of pool.decode(Object.keys(files), transform))
        told.push(
          result.ok ? { ...result.image, data: toBase64(result.image.data) } : { reason: result.reason },
        );
    } finally {
      await pool.close();
    }
    return told;
  },

  /** Whether all rows of a PNG of 3000 × 2000 pixels come out, no two neighbours of which are the same. */
  async isLargeRight() {
    const [width, height] = [3000, 2000];
    const data = new Uint8Array(3 * width * height);
    for (let y = 0; y < height; y++) data.fill(y % 251, 3 * y * width, 3 * (y + 1) * width);
    const decode = browserDecoder({ loadOwn: () => Promise.reject(new Error('not by graft')) });
    const image = await decode(encodePng({ width, height, data }));
    return image.data.length === data.length && image.data.every((value, i) => value === data[i]);
  },

  /** Decodes files in this worker by a browser of such readers; tells too how many went to graft's own decoders. */
  async decodeHere(files: readonly string[], readers: keyof typeof READERS, maxPixels?: number) {
    let own = 0;
    const loadOwn = () => {
      own++;
      return Promise.resolve(decodeImage);
    };
    const decode = browserDecoder({
      ...{ loadOwn, readers: READERS[readers] },
      ...(maxPixels === undefined ? {} : { maxPixels }),
    });
    const told: Told[] = [];
    for (const file of files)
      told.push(
        await decode(fromBase64(file)).then(
          (image) => ({ ...image, data: toBase64(image.data) }),
          (error: unknown) => ({ reason: reasonOf(error) }),
        ),
      );
    return { told, own };
  },
});
