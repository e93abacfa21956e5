/**
 * What is solved and what was written, kept in this browser, each exercise by itself, so that two tabs do not undo each other's. What lies
 * there may be anything, from an older page or from another one of the same site: what does not look as it should counts as nothing.
 */

export interface Kept {
  readonly isSolved: boolean;
  /** Undefined where it is the start's own. */
  readonly text: string | undefined;
}

/** Characters of a text at most: ten times the longest solution. */
export const LONGEST_TEXT = 20_000;

const NOTHING: Kept = { isSolved: false, text: undefined };
const keyOf = (name: string): string => `graft exercise ${name}`;

export function read(name: string): Kept {
  try {
    const stored = localStorage.getItem(keyOf(name));
    // Escaped, a character takes six at the most.
    if (stored === null || stored.length > 6 * LONGEST_TEXT + 100) return NOTHING;
    const found: unknown = JSON.parse(stored);
    if (typeof found !== 'object' || found === null) return NOTHING;
    const { isSolved, text } = found as Readonly<Record<string, unknown>>;
    return {
      isSolved: isSolved === true,
      text: typeof text === 'string' && text.length <= LONGEST_TEXT ? text : undefined,
    };
  } catch {
    return NOTHING; // no JSON, or a browser that keeps nothing
  }
}

/** False where the browser does not keep it. */
export function keep(name: string, kept: Kept): boolean {
  const text = kept.text !== undefined && kept.text.length <= LONGEST_TEXT ? kept.text : undefined;
  try {
    if (text === undefined && !kept.isSolved) localStorage.removeItem(keyOf(name));
    else localStorage.setItem(keyOf(name), JSON.stringify({ isSolved: kept.isSolved, text }));
    return text === kept.text;
  } catch {
    return false; // full, or a browser that keeps nothing
  }
}
