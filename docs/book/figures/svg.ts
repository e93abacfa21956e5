/**
 * Figures are SVG that code writes, from numbers that code computes. A figure carries its own colours for light and dark
 * pages, and is drawn for a width of 700 pixels, where its text is read at 13 to 15.
 */
export const WIDTH = 700;

/** What a part is coloured by: the text's own colour, three others that both kinds of pages show well, or a mute one. */
export type Ink = 'ink' | 'blue' | 'orange' | 'green' | 'faint';

export type Point = readonly [x: number, y: number];

const STYLE = `
svg{color:#1f2328;--blue:#0969da;--orange:#b35900;--green:#1a7f37;--faint:#6e7781;--panel:#f3f5f7;--page:#ffffff}
@media (prefers-color-scheme:dark){svg{color:#e6edf3;--blue:#58a6ff;--orange:#f0883e;--green:#3fb950;--faint:#9198a1;--panel:#1c2128;--page:#0d1117}}
text{font:14px ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:currentColor}
.ink{--c:currentColor}.blue{--c:var(--blue)}.orange{--c:var(--orange)}.green{--c:var(--green)}.faint{--c:var(--faint)}
text.blue,text.orange,text.green,text.faint{fill:var(--c)}
.line{fill:none;stroke:var(--c);stroke-width:1.5}.fill{fill:var(--c);stroke:none}
.box{fill:var(--panel);stroke:var(--c);stroke-width:1.5}.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
`.trim();

/** A whole figure; `description` says to those who cannot see it what it shows. */
export function drawing(
  { height, title, description }: Readonly<Record<'title' | 'description', string>> & { height: number },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escape(title)}</title>`,
    `<desc id="d">${escape(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect width="${WIDTH}" height="${height}" style="fill:var(--page)"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly ink?: Ink;
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
}

export function text([x, y]: Point, content: string, options: TextOptions = {}): string {
  const { anchor = 'start', ink = 'ink', size = 14, bold = false, mono = false } = options;
  const style = `${size === 14 ? '' : `font-size:${size}px;`}${bold ? 'font-weight:600;' : ''}`;
  return `<text x="${n(x)}" y="${n(y)}" class="${ink}${mono ? ' mono' : ''}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${style && ` style="${style}"`}>${escape(content)}</text>`;
}

/** A rectangle: a panel with a border, or a filled one. */
export const box = ([x, y]: Point, width: number, height: number, ink: Ink = 'ink', filled = false): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="${filled ? 2 : 6}" class="${filled ? 'fill' : 'box'} ${ink}"/>`;

export const dot = ([x, y]: Point, radius: number, ink: Ink = 'ink'): string =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" class="fill ${ink}"/>`;

/** A line through points. */
export const line = (points: readonly Point[], ink: Ink = 'ink', dashed = false): string =>
  `<polyline points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}" class="line ${ink}"${dashed ? ' stroke-dasharray="4 4"' : ''}/>`;

/** A straight arrow with its tip at the end. */
export function arrow([x1, y1]: Point, [x2, y2]: Point, ink: Ink = 'faint'): string {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const back: Point = [x2 - 8 * ux, y2 - 8 * uy];
  const corners = [
    [x2, y2],
    [back[0] - 4 * uy, back[1] + 4 * ux],
    [back[0] + 4 * uy, back[1] - 4 * ux],
  ] as const;
  return `${line([[x1, y1], back], ink)}<polygon points="${corners.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}" class="fill ${ink}"/>`;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly log?: boolean;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly title: string;
}

/** Axes around a rectangle: their parts, and where a pair of values lies. */
export function axes(
  [left, top]: Point,
  width: number,
  height: number,
  x: Scale,
  y: Scale,
): { readonly parts: readonly string[]; at(x: number, y: number): Point } {
  const share = ({ from, to, log }: Scale, value: number) =>
    log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  const at = (a: number, b: number): Point => [
    left + share(x, a) * width,
    top + height - share(y, b) * height,
  ];
  const bottom = top + height;
  const parts = [
    ...y.ticks.flatMap(({ at: value, label }) => {
      const [, row] = at(x.from, value);
      return [
        `<g opacity="0.35">${line([[left, row], [left + width, row]], 'faint')}</g>`, // prettier-ignore
        text([left - 8, row + 5], label, { anchor: 'end', ink: 'faint' }),
      ];
    }),
    ...x.ticks.map(({ at: value, label }) =>
      text([at(value, y.from)[0], bottom + 20], label, { anchor: 'middle', ink: 'faint' }),
    ),
    line([[left, bottom], [left + width, bottom]]), // prettier-ignore
    text([left + width / 2, bottom + 42], x.title, { anchor: 'middle' }),
    text([left - 40, top - 14], y.title),
  ];
  return { parts, at };
}

/** A number with a real minus sign. */
export const signed = (value: number | string): string => String(value).replace('-', '−');

const n = (value: number): string => String(Math.round(value * 100) / 100);
const escape = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
