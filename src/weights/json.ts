/**
 * JSON from strangers. JSON.parse keeps the last of two equal keys and says nothing, so that two readers could see two
 * different networks in one file; and it builds whatever it is told to, in memory many times the text's length. Both
 * are settled by a scan of the text before it is parsed.
 */

import { quote } from './errors.ts';

/** How much a text may describe. */
export interface JsonLimits {
  readonly depth: number;
  /** Objects, arrays and their members together. */
  readonly values: number;
  /** Keys of all objects together. Each costs some hundred bytes and microseconds, whatever little stands behind it. */
  readonly keys: number;
}

export interface JsonProblem {
  readonly problem: string;
  /** Whether it is no fault of the text's but beyond the limits. */
  readonly isTooMuch?: boolean;
}

/** The value of `text`, or why it has none: not JSON, a key that stands twice in one object, or beyond `limits`. */
export function parseStrictJson(text: string, limits: JsonLimits): { value: unknown } | JsonProblem {
  try {
    return scan(text, limits) ?? { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: 'is not valid JSON' };
  }
}

/**
 * Strings and brackets can be told apart without a parser. In a text that is not JSON the scan finds nothing sensible,
 * and JSON.parse then refuses it. Throws if a key's escapes are not JSON.
 */
function scan(text: string, { depth, values, keys }: JsonLimits): JsonProblem | undefined {
  const open: Set<string>[] = [];
  let [seen, seenKeys] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      const end = endOfString(text, i);
      if (nextIsColon(text, end)) {
        const key = JSON.parse(text.slice(i, end)) as string;
        if (open.at(-1)?.has(key)) return { problem: `has the key ${quote(key)} twice` };
        open.at(-1)?.add(key);
        if (++seenKeys > keys) return { problem: `has more than ${keys} keys`, isTooMuch: true };
      }
      i = end - 1;
    } else if (character === '{' || character === '[') {
      open.push(new Set());
      if (open.length > depth) return { problem: `is nested more than ${depth} deep` };
      seen++;
    } else if (character === '}' || character === ']') open.pop();
    else if (character === ',') seen++;
    if (seen > values) return { problem: `describes more than ${values} values`, isTooMuch: true };
  }
  return undefined;
}

/** The index after the quote that ends the string beginning at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function nextIsColon(text: string, start: number): boolean {
  let i = start;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return text[i] === ':';
}
