/** Numbers as a reader of the report sees them. */
import type { Picture } from './data.ts';

/** 97.5 % */
export const percent = (share: number): string =>
  Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–';

/** 11,177,025 */
export const count = (value: number): string => value.toLocaleString('en-US');

/** "1 photo", "2 photos". */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** Four digits after the point. */
export const lossText = (value: number): string => (value < 10 ? value.toFixed(4) : value.toPrecision(4));

/** Three digits that count: 0.001, 3.33e-6. */
export const rate = (value: number): string => String(Number(value.toPrecision(3)));

/** 43 s, 2 min 05 s, 1 h 07 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${whole} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min`;
}

/** 24 November 2026, 07:04 UTC: the same on every machine. */
export function dateText(date: Date): string {
  const day = date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}

/** A picture as the address of itself. */
export function dataUri({ type, bytes }: Picture): string {
  const BLOCK = 0x8000; // as many arguments as every engine takes
  let binary = '';
  for (let at = 0; at < bytes.length; at += BLOCK)
    binary += String.fromCharCode(...bytes.subarray(at, at + BLOCK));
  return `data:${type};base64,${btoa(binary)}`;
}
