/** Times, sizes and rates as rows of benchmarks have them, in a terminal and on a page: three digits that count. */

/** Milliseconds as people read them: 12.3 µs, 4.56 ms, 1.23 s. */
export function time(ms: number): string {
  if (ms < 0.1) return `${significant(ms * 1000)} µs`;
  return ms < 1000 ? `${significant(ms)} ms` : `${significant(ms / 1000)} s`;
}

/** 512 B, 4.3 MB: powers of ten, as rates are. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${significant(count / 1000 ** power)} ${units[power]}`;
}

/** Three digits that count, without an exponent. */
export const significant = (value: number): string =>
  value >= 1000 ? value.toFixed(0) : value === 0 ? '0' : String(Number(value.toPrecision(3)));
