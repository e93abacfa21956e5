import { expect, it } from 'vitest';
import { bytes, time } from './units.ts';

it('writes times and sizes with three digits', () => {
  expect([0.01234, 0.5, 12.345, 1234].map(time)).toEqual(['12.3 µs', '0.5 ms', '12.3 ms', '1.23 s']);
  expect([0, 999, 1234, 45_678_901].map(bytes)).toEqual(['0 B', '999 B', '1.23 kB', '45.7 MB']);
});
