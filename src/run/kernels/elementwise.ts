/** The elementwise operations: how each is recorded at a count of elements. */
import {
  accumulate,
  add,
  gelu,
  geluBackward,
  mul,
  relu,
  reluBackward,
  scale,
  sigmoid,
  sigmoidBackward,
} from '../../kernels/elementwise/index.ts';
import { counts } from '../../kernels/elementwise/cases.ts';
import { entry, type Entry } from './entry.ts';

/** Counts of elements, four thousand before the odd ones. */
const elementCounts = [4096, ...counts.filter((count) => count !== 4096)].map((count) => ({
  name: `${count}`,
  count,
}));

export const elementwiseEntries: readonly Entry[] = [
  entry('elementwise.relu', 'y = max(x, 0)', elementCounts, (gpu, floats, { count }) =>
    relu(gpu, { x: floats(count), y: floats(count) }, count),
  ),
  entry('elementwise.relu-backward', 'dx = dy where y > 0', elementCounts, (gpu, floats, { count }) =>
    reluBackward(gpu, { dy: floats(count), y: floats(count), dx: floats(count) }, count),
  ),
  entry('elementwise.add', 'y = a + b', elementCounts, (gpu, floats, { count }) =>
    add(gpu, { a: floats(count), b: floats(count), y: floats(count) }, count),
  ),
  entry('elementwise.sigmoid', 'y = 1 / (1 + exp(−x))', elementCounts, (gpu, floats, { count }) =>
    sigmoid(gpu, { x: floats(count), y: floats(count) }, count),
  ),
  entry('elementwise.sigmoid-backward', 'dx = dy · y · (1 − y)', elementCounts, (gpu, floats, { count }) =>
    sigmoidBackward(gpu, { dy: floats(count), y: floats(count), dx: floats(count) }, count),
  ),
  entry('elementwise.gelu', 'y = x · Φ(x)', elementCounts, (gpu, floats, { count }) =>
    gelu(gpu, { x: floats(count), y: floats(count) }, count),
  ),
  entry('elementwise.gelu-backward', 'dx = dy · (Φ(x) + x · φ(x))', elementCounts, (gpu, floats, { count }) =>
    geluBackward(gpu, { dy: floats(count), x: floats(count), dx: floats(count) }, count),
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
