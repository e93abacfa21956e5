/** What only the report writes: dates and pictures. */
import type { Picture } from './data.ts';

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
