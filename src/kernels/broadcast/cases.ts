// Pairs of shapes that tests and benchmarks broadcast: by each rule of NumPy's, in scalars and in vectors, and a network's own.

/** Tensors [a] and [b]. */
export interface BroadcastCase {
  readonly name: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
}

export const cases: readonly BroadcastCase[] = [
  { name: 'bias', a: [5, 3], b: [3] },
  { name: 'bias-vectors', a: [2, 5, 8], b: [8] },
  { name: 'scalar', a: [7, 3], b: [] },
  { name: 'one-element', a: [1, 1], b: [1] },
  { name: 'scalar-first', a: [1], b: [4, 4] },
  { name: 'column', a: [6, 8], b: [6, 1] },
  { name: 'column-odd', a: [5, 7], b: [5, 1] },
  { name: 'both', a: [4, 1], b: [1, 12] },
  { name: 'both-odd', a: [3, 1, 5], b: [2, 1] },
  { name: 'channels-first', a: [2, 6, 5, 4], b: [6, 1, 1] },
  { name: 'every-other', a: [3, 4, 5, 6], b: [1, 4, 1, 6] },
  { name: 'gate', a: [4, 7, 7, 72], b: [4, 1, 1, 72] },
  { name: 'gate-odd', a: [2, 5, 3, 13], b: [2, 1, 1, 13] },
  { name: 'gate-first', a: [2, 1, 1, 16], b: [2, 33, 31, 16] },
];
