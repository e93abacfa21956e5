// The dropouts that tests and benchmarks run: none, half and nearly all, in scalars and in vectors.

/** `count` elements, of which about the share `p` is dropped. */
export interface DropoutCase {
  readonly name: string;
  readonly count: number;
  readonly p: number;
}

export const cases: readonly DropoutCase[] = [
  { name: 'one-element', count: 1, p: 0.5 },
  { name: 'half', count: 4096, p: 0.5 },
  { name: 'a-fifth', count: 1023, p: 0.2 },
  { name: 'none', count: 130, p: 0 },
  { name: 'nearly-all', count: 131_075, p: 0.99 },
  { name: 'all', count: 12, p: 1 },
];
