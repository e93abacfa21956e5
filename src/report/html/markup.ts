/**
 * HTML as text that cannot be broken out of: whatever stands in `${…}` of an `html` template is escaped,
 * unless it is itself the result of one. Class and file names are strangers' text, so this is the only way in
 * which the report is put together.
 */

/** Text that is HTML already. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = Markup | string | number | readonly Markup[] | undefined;

/** The values escaped, lists joined, undefined as nothing; the template's own text as it is. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(strings.reduce((text, part, index) => text + show(values[index - 1]) + part));
}

function show(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text for an element or a quoted attribute. Control characters, which HTML forbids, and the marks that turn the
 * direction of the text around them are made visible.
 */
export const escapeHtml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (c) => entities[c] ?? '')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

/** A value as JSON for a script element, which it cannot end. */
export const scriptJson = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );

/**
 * The text of a script, or of a style sheet, as an element's content. Throws `RangeError`
 * where it would end the element.
 */
export function rawText(text: string, element: 'script' | 'style'): Markup {
  if (text.toLowerCase().includes(`</${element}`) || (element === 'script' && text.includes('<!--'))) {
    throw new RangeError(`The text of a <${element}> element would end the element: it cannot be inlined.`);
  }
  return new Markup(text);
}
