/** Rows of a CSV file as spreadsheets and programs write them (RFC 4180): fields in quotes, separated by comma, semicolon or tab. */

const SEPARATORS = [',', ';', '\t'] as const;

/** The rows of a text, without empty ones. The separator is the one that its first line holds most. */
export function parseCsv(text: string): string[][] {
  const plain = text.replace(/^\uFEFF/, '');
  const [first = ''] = plain.split(/\r?\n/, 1);
  const count = (separator: string) => first.split(separator).length;
  const separator = SEPARATORS.reduce((best, one) => (count(one) > count(best) ? one : best));
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < plain.length) {
    const field = plain[at] === '"' ? quoted(plain, at, separator) : bare(plain, at, separator);
    row.push(field.value);
    at = field.end;
    if (plain[at] === separator) {
      at++;
      if (at < plain.length) continue;
      row.push(''); // the file ends behind a separator
    }
    if (plain[at] === '\r') at++;
    if (plain[at] === '\n') at++;
    if (row.some((one) => one !== '')) rows.push(row);
    row = [];
  }
  return rows;
}

/** A line as in RFC 4180: a field is in quotes if it holds a comma, a quote or a line end. */
export const csvLine = (fields: readonly string[]): string =>
  fields.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',');

interface Field {
  readonly value: string;
  /** Where the text goes on: at a separator, at the end of a line or of the text. */
  readonly end: number;
}

function bare(text: string, from: number, separator: string): Field {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(from, end).trim(), end };
}

/** A quote within is written twice; a field whose quotes do not end goes to the end of the text. */
function quoted(text: string, from: number, separator: string): Field {
  let value = '';
  let at = from + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return { value: value + text.slice(at), end: text.length };
    value += text.slice(at, close);
    if (text[close + 1] !== '"') return { value, end: bare(text, close + 1, separator).end };
    value += '"';
    at = close + 2;
  }
}
