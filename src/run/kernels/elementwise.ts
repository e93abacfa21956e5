/** The elementwise operations: how each is recorded at a count of elements. */
import {
  activate,
  activateBackward,
  activationNames,
  activationOf,
} from '../../kernels/elementwise/activate.ts';
import { accumulate, add, mul, scale } from '../../kernels/elementwise/index.ts';
import { counts } from '../../kernels/elementwise/cases.ts';
import { entry, type Entry } from './entry.ts';

/** Counts of elements, four thousand before the odd ones. */
const elementCounts = [4096, ...counts.filter((count) => count !== 4096)].map((count) => ({
  name: `${count}`,
  count,
}));

export const elementwiseEntries: readonly Entry[] = [
  ...activationNames.flatMap((name) => {
    const { about, by } = activationOf(name);
    return [
      entry(`elementwise.${name}`, about[0], elementCounts, (gpu, floats, { count }) =>
        activate(gpu, name, { x: floats(count), y: floats(count) }, count),
      ),
      entry(`elementwise.${name}-backward`, about[1], elementCounts, (gpu, floats, { count }) =>
        activateBackward(gpu, name, { dy: floats(count), [by]: floats(count), dx: floats(count) }, count),
      ),
    ];
  }),
  entry('elementwise.add', 'y = a + b', elementCounts, (gpu, floats, { count }) =>
    add(gpu, { a: floats(count), b: floats(count), y: floats(count) }, count),
  ),
  entry('elementwise.mul', 'y = a · b', elementCounts, (gpu, floats, { count }) =>
    mul(gpu, { a: floats(count), b: floats(count), y: floats(count) }, count),
  ),
  entry('elementwise.scale', 'y = x · factor', elementCounts, (gpu, floats, { count }) =>
    scale(gpu, { x: floats(count), factor: floats(1), y: floats(count) }, count),
  ),
  entry('elementwise.accumulate', 'y += x', elementCounts, (gpu, floats, { count }) =>
    accumulate(gpu, { x: floats(count), y: floats(count) }, count),
  ),
];
