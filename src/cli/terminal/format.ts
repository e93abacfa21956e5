// Numbers and tables as people read them.
import { colours as pc } from './colours.ts';

/** 43 s, 2 min 05 s, 1 h 07 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
}

/** 11,177,025. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** Four digits after the point, fewer where there are more before it: 0.6931, 12.31. */
export const lossText = (value: number): string => (value < 10 ? value.toFixed(4) : value.toPrecision(4));

/** 89.5 %, padded to the width of 100.0 %. */
export const percent = (share: number): string => `${(share * 100).toFixed(1).padStart(5)} %`;

/** Rows of cells as aligned lines, two spaces between columns; the first column to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
}

/** `text` with control characters made visible: names of files and classes are other people's. */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** `text` as a shell takes it for one word: as it is, or in quotes where it holds spaces or the like. */
export const shellWord = (text: string): string =>
  /^[\p{L}\p{N}_./~:@%+=,-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const COLUMNS = 80;
const INDENT = 12;

/** Prints a part of a command's report whose text may be longer than a line: it goes on below itself. */
export function paragraph(name: string, text: string): void {
  let line = '';
  let first = true;
  const print = () => {
    if (first) heading(name, line);
    else console.log(' '.repeat(INDENT) + line);
    first = false;
    line = '';
  };
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > COLUMNS - INDENT) print();
    line += (line === '' ? '' : ' ') + word;
  }
  print();
}

/** Prints a line of a command's report: what it is about, in bold, and what there is to say. */
export function heading(name: string, text: string): void {
  console.log(`${pc.bold(name.padEnd(INDENT - 1))} ${text}`);
}
