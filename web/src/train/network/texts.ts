/** Numbers of a network as a card has room for them. */
import { duration } from '../../../../src/format.ts';

/** 3 ms, 0.31 s, 12 s, 2 min 05 s. */
export function secondsText(seconds: number): string {
  if (seconds < 0.1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  return seconds < 1 ? `${seconds.toFixed(2)} s` : duration(seconds);
}

/** 1,026 · 148 k · 8.4 M */
export function few(value: number): string {
  if (value < 10_000) return value.toLocaleString('en-US');
  return value < 999_500 ? `${Math.round(value / 1000)} k` : `${(value / 1e6).toFixed(1)} M`;
}
