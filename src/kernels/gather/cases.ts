// The picks of rows that tests and benchmarks run: odd widths, picks past a workgroup, and batches of ResNet-18's features.
import { geometries } from '../../networks/resnet/geometry.ts';

/** `picks` of `rows` rows of `width` floats, to as many rows of y. */
export interface GatherCase {
  readonly name: string;
  readonly rows: number;
  readonly picks: number;
  readonly width: number;
}

/** A batch of ResNet-18's features out of those of a whole data set. */
export function resnet18Cases(size: {
  readonly batch: number;
  readonly images: number;
}): readonly GatherCase[] {
  return [
    {
      name: `resnet18-features-${size.batch}`,
      rows: size.images,
      picks: size.batch,
      width: geometries.resnet18.features,
    },
  ];
}

/** What the tests run. */
export const cases: readonly GatherCase[] = [
  { name: 'one-element', rows: 1, picks: 1, width: 1 },
  { name: 'odd-width', rows: 9, picks: 5, width: 7 },
  { name: 'more-picks-than-rows', rows: 3, picks: 40, width: 4 },
  { name: 'past-a-workgroup', rows: 50, picks: 67, width: 12 },
  { name: 'past-a-row-of-workgroups', rows: 70_000, picks: 66_000, width: 65 },
  ...resnet18Cases({ batch: 64, images: 600 }),
];
