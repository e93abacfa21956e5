/** A text as tokens, and changes to it: what everything that puts something into a kernel's text needs. */
import type { tokensOf } from '../kernels/tokens.ts';

export type Token = ReturnType<typeof tokensOf>[number];

/** What is put into a text, in place of so many characters. */
export interface Change {
  readonly at: number;
  readonly text: string;
  readonly length?: number;
}

/** The name of what a traced kernel writes its notes to. */
export const NOTES = 'lab_notes';

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The index of what closes the bracket at `open`; past the end where nothing does. */
export function closing(tokens: readonly Token[], open: number): number {
  const [opens = '', closes = ''] = [tokens[open]?.text, PAIRS[tokens[open]?.text ?? '']];
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i]?.text === opens) depth += 1;
    if (tokens[i]?.text === closes && --depth === 0) return i;
  }
  return tokens.length;
}

/** The text with all changes made, in the order of their places. */
export function changed(code: string, changes: readonly Change[]): string {
  const sorted = changes.map((change, i) => ({ ...change, i })).sort((a, b) => a.at - b.at || a.i - b.i);
  let [text, from] = ['', 0];
  for (const { at, text: put, length = 0 } of sorted) {
    text += code.slice(from, at) + put;
    from = at + length;
  }
  return text + code.slice(from);
}
