/**
 * What is looked at, and what was changed in it, in the address behind the `#`: a link that opens an edit, and runs nothing. Whoever sends
 * a link decides what is in it, so all of it is checked: names against what there is, sizes against their ranges, and a text, which
 * is compressed, may only grow so far.
 */
import type { Trial } from '../../../../src/run/lab/judgement.ts';

export interface Link {
  readonly trial: Trial;
  /** The kernel whose text is changed, and the text. */
  readonly edit?: { readonly kernel: string; readonly text: string } | undefined;
}

/** Characters of a text at most: several times the longest kernel. */
export const LONGEST_TEXT = 200_000;
/** Characters of an address's end that are looked at. */
const LONGEST_HASH = 100_000;
const LONGEST_NAME = 100;
const MOST_SIZES = 16;

/** The end of an address, from `#` on. */
export async function hashOf({ trial: { operation, sizes, algorithm }, edit }: Link): Promise<string> {
  const parts = new URLSearchParams({ op: operation });
  for (const [name, size] of Object.entries(sizes)) parts.append('size', `${name}.${size}`);
  if (algorithm !== undefined) parts.set('by', algorithm);
  if (edit) {
    parts.set('kernel', edit.kernel);
    parts.set('text', await packed(edit.text));
  }
  return `#${parts.toString()}`;
}

/** What an address asks for, as far as it is one of these at all; whether there is such an operation is not looked at. */
export async function linkFrom(hash: string): Promise<Link | undefined> {
  if (hash.length > LONGEST_HASH) return undefined;
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const operation = nameIn(parts, 'op');
  if (operation === undefined) return undefined;
  const sizes = parts.getAll('size').slice(0, MOST_SIZES).flatMap(sizeFrom);
  const [kernel, text] = [nameIn(parts, 'kernel'), parts.get('text')];
  const unpacked = kernel !== undefined && text !== null ? await unpack(text) : undefined;
  return {
    trial: { operation, sizes: Object.fromEntries(sizes), algorithm: nameIn(parts, 'by') },
    edit: kernel !== undefined && unpacked !== undefined ? { kernel, text: unpacked } : undefined,
  };
}

function nameIn(parts: URLSearchParams, key: string): string | undefined {
  const value = parts.get(key);
  return value !== null && value !== '' && value.length <= LONGEST_NAME ? value : undefined;
}

function sizeFrom(text: string): readonly (readonly [string, number])[] {
  const [, name, digits] = /^(\w{1,30})\.(\d{1,9})$/.exec(text) ?? [];
  return name === undefined || digits === undefined || name === '__proto__' ? [] : [[name, Number(digits)]];
}

/** A text as characters that an address may hold. */
async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The text, or undefined for what is none, or grows past `LONGEST_TEXT`, which is noticed before there is memory for it. */
async function unpack(characters: string): Promise<string | undefined> {
  try {
    const binary = atob(characters.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: !done });
      if (done) return text;
      if (text.length > LONGEST_TEXT) {
        await reader.cancel();
        return undefined;
      }
    }
  } catch {
    return undefined;
  }
}
