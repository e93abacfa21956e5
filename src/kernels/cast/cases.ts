// The casts that tests and benchmarks run: odd counts, whose last word is half a number's, and ResNet-18's weights.

/** `count` elements. */
export interface CastCase {
  readonly name: string;
  readonly count: number;
}

export const cases: readonly CastCase[] = [
  { name: 'one-element', count: 1 },
  { name: 'two-elements', count: 2 },
  { name: 'odd-count', count: 67 },
  { name: 'past-a-workgroup', count: 1028 },
  { name: 'past-a-row-of-workgroups', count: 65_536 * 64 + 1 },
  { name: 'resnet18-stem', count: 7 * 7 * 3 * 64 },
  { name: 'resnet18-layer1', count: 3 * 3 * 64 * 64 },
];
