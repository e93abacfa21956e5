/** Bytes of a file as text, for its reader or for a message about it. */
import { quote } from './errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text from UTF-8, or undefined if the bytes are not UTF-8. A byte-order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The first bytes of a file for a message about it: `"PK" 50 4b 03 04`. */
export function showBytes(bytes: Uint8Array): string {
  const head = bytes.subarray(0, 12);
  const hex = Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${quote(String.fromCharCode(...head))} (${hex})`;
}
