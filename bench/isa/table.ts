// The table of `npm run bench:isa`.
import type { Compiled } from './compiled.ts';
import type { LoopCount } from './hot-loop.ts';

/** A kernel on a target, as it is shown and written to JSON. */
export interface Row extends Omit<Compiled, 'blocks'> {
  readonly kernel: string;
  readonly target: string;
  /** One turn of the hot loop; null if the kernel has none. */
  readonly loop: LoopCount | null;
  readonly fmaShare: number;
  /** The share with the fetching of what the hot loop multiplies; null if it cannot be told. */
  readonly shareWithStaging: number | null;
  /** Where it misses the bar; null if the bar does not apply. */
  readonly misses: readonly string[] | null;
}

/** Column heads, and what stands under them. */
const COLUMNS: readonly (readonly [string, (row: Row) => string])[] = [
  ['kernel', (row) => row.kernel],
  ['GPU', (row) => row.target],
  ['VGPRs', (row) => String(row.vgprs)],
  ['SGPRs', (row) => String(row.sgprs)],
  ['spills', (row) => String(row.spills)],
  ['waves', (row) => String(row.waves)],
  ['LDS B', (row) => String(row.ldsBytes)],
  ['code B', (row) => String(row.codeBytes)],
  ['FMAs', ({ loop }) => String(loop?.fmas ?? 0)],
  ['in loop of', ({ loop }) => String(loop?.operations ?? 0)],
  ['LDS', ({ loop }) => String(loop?.lds ?? 0)],
  ['memory', ({ loop }) => String(loop?.memory ?? 0)],
  ['share', (row) => row.fmaShare.toFixed(2)],
  ['staged', ({ shareWithStaging }) => shareWithStaging?.toFixed(2) ?? '?'],
  ['bar', ({ misses }) => (misses === null ? '' : misses.length === 0 ? 'holds' : 'missed')],
];
const LEFT = new Set(['kernel', 'GPU', 'bar']);

/** A Markdown table that is aligned, so that it reads well in a terminal too. */
export function table(rows: readonly Row[]): string {
  const cells = [COLUMNS.map(([head]) => head), ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return LEFT.has(COLUMNS[column]?.[0] ?? '') ? cell.padEnd(width) : cell.padStart(width);
  };
  const rule = COLUMNS.map(([head], column) =>
    LEFT.has(head) ? '-'.repeat(widths[column] ?? 0) : `${'-'.repeat((widths[column] ?? 1) - 1)}:`,
  );
  return [cells[0] ?? [], rule, ...cells.slice(1)]
    .map((line) => `| ${line.map(pad).join(' | ')} |`)
    .join('\n');
}
