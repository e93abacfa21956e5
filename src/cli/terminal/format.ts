// Tables, headings and words for a shell: what only a terminal shows.
import { percent } from '../../format.ts';
import { wrapped } from '../../run/texts.ts';
import { colours as pc } from './colours.ts';

/** 89.5 %, padded to the width of 100.0 %. */
export const aligned = (share: number): string => percent(share).padStart(7);

/** Prints a table's lines, its first one dimmed. */
export function printTable(lines: readonly string[]): void {
  for (const [i, line] of lines.entries()) console.log(`  ${i === 0 ? pc.dim(line) : line}`);
}

/** `text` as a shell reads it as one word: as it is, or in quotes if it holds spaces or the like. */
export const shellWord = (text: string): string =>
  /^[\p{L}\p{N}_./~:@%+=,-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const COLUMNS = 80;
const INDENT = 12;

/** Prints a part of a command's report whose text may be longer than a line: it goes on below itself. */
export function paragraph(name: string, text: string): void {
  wrapped(text, COLUMNS - INDENT).forEach((line, i) =>
    i === 0 ? heading(name, line) : console.log(' '.repeat(INDENT) + line),
  );
}

/** Prints a line of a command's report: its subject in bold, then the text. */
export function heading(name: string, text: string): void {
  console.log(`${pc.bold(name.padEnd(INDENT - 1))} ${text}`);
}
