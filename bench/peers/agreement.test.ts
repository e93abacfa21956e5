import { expect, it } from 'vitest';
import { compare } from './agreement.ts';
import type { EngineName } from './engines.ts';

const calls = (values: Partial<Record<EngineName, (number | null)[]>>) =>
  new Map(Object.entries(values).map(([name, list]) => [name as EngineName, { ms: 1, values: list }]));

it('measures differences against the first engine', () => {
  const [agreement] = compare('first call', calls({ graft: [3, 4], torch: [3, 4.001] }));
  expect(agreement).toMatchObject({ engine: 'PyTorch on the CPU', reference: 'graft' });
  expect(agreement?.relativeError).toBeCloseTo(0.001 / 5, 12);
  expect(compare('first call', calls({ graft: [1] }))).toEqual([]);
});

it.each([
  ['values that are off', [3, 4.01]],
  ['a value too few', [3]],
  ['a value too many', [3, 4, 5]],
  ['what is not a number', [3, null]],
])('refuses %s', (_, values) => {
  expect(() => compare('first call', calls({ graft: [3, 4], torch: values }))).toThrow(
    'do not compute the same',
  );
});
