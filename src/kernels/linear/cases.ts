// The fully connected layers that tests and benchmarks run: heads of one logit to a thousand, and the sizes
// around a tile's edge.
import { geometries } from '../../networks/resnet/geometry.ts';

/** x [n, inFeatures], weight [outFeatures, inFeatures], bias [outFeatures] → y = x·weightᵀ + bias. */
export interface LinearCase {
  readonly name: string;
  readonly n: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

/** ResNet-18's classifier for a batch and a number of classes. */
export function resnet18Cases(size: {
  readonly batch: number;
  readonly classes: number;
}): readonly LinearCase[] {
  const name = `resnet18-fc-${size.classes}`;
  return [{ name, n: size.batch, inFeatures: geometries.resnet18.features, outFeatures: size.classes }];
}

/** What the tests run: the odd shapes, then ResNet-18's head for 1, 2, 10 and 1000 classes. */
export const cases: readonly LinearCase[] = [
  { name: 'one-element', n: 1, inFeatures: 1, outFeatures: 1 },
  { name: 'one-row', n: 1, inFeatures: 7, outFeatures: 5 },
  { name: 'one-feature', n: 9, inFeatures: 1, outFeatures: 3 },
  { name: 'three-by-five', n: 4, inFeatures: 3, outFeatures: 5 },
  { name: 'below-a-tile', n: 31, inFeatures: 63, outFeatures: 15 },
  { name: 'past-a-tile', n: 65, inFeatures: 130, outFeatures: 67 },
  { name: 'long-batch', n: 300, inFeatures: 17, outFeatures: 9 },
  ...resnet18Cases({ batch: 1, classes: 1000 }),
  ...resnet18Cases({ batch: 8, classes: 1 }),
  ...resnet18Cases({ batch: 8, classes: 2 }),
  ...resnet18Cases({ batch: 33, classes: 10 }),
];
