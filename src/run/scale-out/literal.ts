/** Plain data as Python writes it, over several lines where one would be long. */

/** What a literal is made of. */
export type Literal =
  string | number | boolean | null | readonly Literal[] | { readonly [name: string]: Literal };

/** What a dictionary is made of. */
export type Fields = Readonly<Record<string, Literal>>;

const WIDTH = 110;

/** A Python literal of the same value; what follows its first line is indented by so many spaces. */
export function pythonLiteral(value: Literal, indent = 0): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value); // texts and numbers are written alike
  const deeper = indent + 4;
  const isList = isArray(value);
  const items = isList
    ? value.map((item) => pythonLiteral(item, deeper))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${pythonLiteral(item, deeper)}`);
  const [open, close] = isList ? '[]' : '{}';
  const line = `${open}${items.join(', ')}${close}`;
  if (line.length + indent <= WIDTH && !line.includes('\n')) return line;
  const margin = ' '.repeat(deeper);
  return `${open}\n${items.map((item) => `${margin}${item},\n`).join('')}${' '.repeat(indent)}${close}`;
}

const isArray = (value: readonly Literal[] | Fields): value is readonly Literal[] => Array.isArray(value);
