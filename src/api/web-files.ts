/** What a page has files by: addresses, what a visitor picked, bytes. */
import { decodeFile, type Decode, type DecodeResult, type Transform } from '../data/index.ts';
import { browserDecoder } from '../platform/web/browser-decoder.ts';
import { RunError } from '../run/errors.ts';
import type { FoundWeights } from '../run/host.ts';

/** The bytes of a file, or the address where they are. */
export type FileSource = string | URL | Blob | ArrayBuffer | Uint8Array;

/** A photo: its file, or the bytes of that. */
export type Photo = Blob | ArrayBuffer | Uint8Array;

/** A file's bytes and its name in messages. Rejects with `RunError` where an address does not give it. */
export async function readFile(file: FileSource): Promise<FoundWeights> {
  if (file instanceof Blob || file instanceof ArrayBuffer || file instanceof Uint8Array)
    return { bytes: await bytesOf(file), source: file instanceof File ? file.name : 'the file' };
  const source = String(file);
  const fail = (why: string) => new RunError(`${source} ${why}.`, { kind: 'no-file', path: source });
  const response = await fetch(file).catch((error: unknown) => {
    throw fail(`cannot be fetched: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!response.ok) throw fail(`cannot be fetched: the server answered ${response.status}`);
  return { bytes: new Uint8Array(await response.arrayBuffer()), source };
}

async function bytesOf(file: Photo): Promise<Uint8Array> {
  if (file instanceof Uint8Array) return file;
  return new Uint8Array(file instanceof Blob ? await file.arrayBuffer() : file);
}

/** The browser's decoders, and graft's own for what they cannot read, which are loaded when a photo needs them. */
const byBrowser = browserDecoder({
  loadOwn: async () => (await import('../platform/web/own-decoder.ts')).decodeImage,
});
export const decodeHere: Decode = (bytes, { background }) => byBrowser(bytes, background);

/** Decodes a photo and brings it to the size that a network sees. */
export const readPhoto = (photo: Photo, transform: Transform): Promise<DecodeResult> =>
  decodeFile({ read: () => bytesOf(photo) }, nameOf(photo), transform, decodeHere);

const nameOf = (photo: Photo): string => (photo instanceof File ? photo.name : 'photo');
