/**
 * Loops that end: each is left once it has gone round too often, and says so. A loop in which threads wait for each other must be left by
 * all of them together, or WGSL refuses it: so it counts its own turns, which are the same for all, where others count those of the thread.
 */
import { closing, NOTES, type Change, type Token } from './text.ts';

/** Turns of all loops of a thread together: several times what the longest sum of the engine takes. */
export const MOST_TURNS = 2 ** 20;
/** Turns of a loop in which threads wait for each other, which take longer. */
export const MOST_WAITS = 2 ** 13;

const BARRIERS = ['workgroupBarrier', 'storageBarrier', 'textureBarrier', 'workgroupUniformLoad'];

export interface Guarded {
  readonly changes: readonly Change[];
  /** In which lines loops begin. */
  readonly lines: readonly number[];
  /** Whether threads wait for each other in some loop. */
  readonly hasWaits: boolean;
}

/** What to put into a text so that its loops end. */
export function guardLoops(tokens: readonly Token[]): Guarded {
  const waiting = waitingFunctions(tokens);
  const changes: Change[] = [];
  const lines: number[] = [];
  let hasWaits = false;
  tokens.forEach((token, i) => {
    if (!['for', 'while', 'loop'].includes(token.text)) return;
    const open = token.text === 'for' ? closing(tokens, i + 1) + 1 : nextOf(tokens, i, '{');
    const close = closing(tokens, open);
    const [begin, end] = [tokens[open], tokens[close]];
    if (begin?.text !== '{' || !end) return;
    lines.push(token.line);
    const number = lines.length;
    const waits = tokens.slice(open, close).some(({ text }) => waiting.has(text));
    if (!waits) {
      changes.push({ at: begin.at + 1, text: ` if (lab_endless(${number}u, ${MOST_TURNS}u)) { break; }` });
      return;
    }
    hasWaits = true;
    const turns = `lab_turns_${number}`;
    changes.push({ at: token.at, text: `{ var ${turns} = 0u; ` });
    changes.push({
      at: begin.at + 1,
      text: ` ${turns} += 1u; if (${turns} > ${MOST_WAITS}u) { atomicMax(&${NOTES}[0], ${number}u); break; }`,
    });
    changes.push({ at: end.at + 1, text: ' }' });
  });
  return { changes, lines, hasWaits };
}

/** The barriers, and the functions in which there is one. */
function waitingFunctions(tokens: readonly Token[]): ReadonlySet<string> {
  const waiting = new Set(BARRIERS);
  tokens.forEach(({ text }, i) => {
    if (text !== 'fn') return;
    const open = nextOf(tokens, closing(tokens, i + 2), '{');
    const body = tokens.slice(open, closing(tokens, open));
    if (body.some((token) => waiting.has(token.text))) waiting.add(tokens[i + 1]?.text ?? '');
  });
  return waiting;
}

function nextOf(tokens: readonly Token[], from: number, text: string): number {
  const found = tokens.findIndex((token, i) => i > from && token.text === text);
  return found < 0 ? tokens.length : found;
}
