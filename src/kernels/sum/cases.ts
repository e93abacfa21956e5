// The sums that tests and benchmarks run: over the last axis, the first, one between, several at once; short, long and in parts.

/** A tensor [shape], and the axes that are summed. */
export interface SumCase {
  readonly name: string;
  readonly shape: readonly number[];
  readonly axes: readonly number[];
}

export const cases: readonly SumCase[] = [
  { name: 'one-element', shape: [1], axes: [0] },
  { name: 'scalar-of-none', shape: [5], axes: [] },
  { name: 'all', shape: [3, 4, 5], axes: [0, 1, 2] },
  { name: 'last', shape: [7, 5], axes: [1] },
  { name: 'last-vectors', shape: [33, 64], axes: [1] },
  { name: 'long-rows', shape: [3, 5000], axes: [1] },
  { name: 'first', shape: [9, 6], axes: [0] },
  { name: 'rows-of-a-batch', shape: [3001, 8], axes: [0] },
  { name: 'many-rows', shape: [20_000, 3], axes: [0] },
  { name: 'one-row-of-many', shape: [1, 70_001], axes: [1] },
  { name: 'gate', shape: [4, 7, 7, 72], axes: [1, 2] },
  { name: 'gate-odd', shape: [2, 5, 3, 13], axes: [1, 2] },
  { name: 'outside-and-inside', shape: [6, 5, 9], axes: [0, 2] },
  { name: 'every-other', shape: [3, 4, 5, 6, 2], axes: [0, 2, 4] },
];
