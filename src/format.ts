/** Numbers and names as people read them, the same on a terminal, in a report and on a page. */

/** 97.5 %; a dash for what is no number. */
export const percent = (share: number): string =>
  Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–';

/** 11,177,025 */
export const count = (value: number): string => value.toLocaleString('en-US');

/** "1 photo", "2 photos". */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** Four digits after the point, fewer where there are more before it: 0.6931, 12.31. */
export const lossText = (value: number): string => (value < 10 ? value.toFixed(4) : value.toPrecision(4));

/** Three digits that count: 0.001, 3.33e-6. */
export const rate = (value: number): string => String(Number(value.toPrecision(3)));

/** 512 B, 32 KiB, 1.5 GiB. */
export function byteSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes + 1)) / 10)); // 2³² − 1 is "4 GiB"
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}

/** 4.3 s, 43 s, 2 min 05 s, 1 h 07 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 && !Number.isInteger(seconds) ? seconds.toFixed(1) : whole} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
}

/** `text` with control characters made visible: names of files and classes are other people's. */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
