/**
 * WGSL for people: indented by its braces, without the blank lines that a template leaves where a variant lacks something, and
 * with long lines broken at their statements. Nothing but white space changes.
 */

/** Longer lines are broken. */
const WIDTH = 110;

/** The text, indented by two spaces per level. */
export function prettyWgsl(code: string): string {
  const lines = code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((line) => (line.length > WIDTH ? broken(line) : [line]));
  const out: string[] = [];
  let depth = 0;
  for (const line of lines) {
    if (depth === 0 && standsApart(line, out.at(-1))) out.push('');
    const closing = /^[})]*/.exec(line)?.[0].length ?? 0;
    out.push('  '.repeat(Math.max(0, depth - closing)) + line);
    depth += balance(line);
  }
  return `${out.join('\n')}\n`;
}

/** Whether a blank line comes before a declaration: not between it and its comment. */
const standsApart = (line: string, before: string | undefined): boolean =>
  before !== undefined &&
  !/^(\/[/*]|\*)/.test(before) &&
  (/^(fn|struct|@compute)\b/.test(line) || (before.endsWith('}') && !line.startsWith('@group'))) &&
  !before.startsWith('@compute');

/** How many more braces and brackets a line opens than it closes. */
function balance(line: string): number {
  let depth = 0;
  for (const character of withoutRemark(line)) {
    if (character === '{' || character === '(') depth += 1;
    if (character === '}' || character === ')') depth -= 1;
  }
  return depth;
}

const withoutRemark = (line: string): string => line.replace(/\/\/.*/, '');

/** Splits a line into one line per statement; what is in brackets stays together, such as the head of a loop. */
function broken(line: string): string[] {
  if (line.startsWith('//') || line.startsWith('/*') || line.startsWith('*')) return [line];
  const betweenFields = /^struct\b/.test(line);
  const lines = [''];
  let brackets = 0;
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i);
    if (character === '}' && brackets === 0) lines.push('');
    lines.push((lines.pop() ?? '') + character);
    if (character === '(' || character === '[') brackets += 1;
    if (character === ')' || character === ']') brackets -= 1;
    if (brackets > 0) continue;
    const ends = character === '}' && !/^\s*(else|[;,)])/.test(line.slice(i + 1));
    if (ends || character === '{' || character === ';' || (betweenFields && character === ','))
      lines.push('');
  }
  return lines.map((statement) => statement.trim()).filter((statement) => statement !== '');
}
