/** Exercise 5: the tensor is that of the plain loops which graft's kernel is tested with. */
import { preprocessReference } from '../../../../src/kernels/preprocess/reference.ts';
import { Mistake, type Exercise } from '../exercise.ts';
import type { Crop } from './start.ts';

interface Yours {
  toTensor(bytes: Uint8Array, width: number, crop: Crop, flip: boolean): Float32Array;
}

/** Values are some units large and stored as f32. */
const TOLERANCE = 1e-5;
const COLOURS = ['red', 'green', 'blue'];

/** A picture [h, w, 3] in which no two bytes nearby are alike. */
const picture = (h: number, w: number): Uint8Array =>
  Uint8Array.from({ length: h * w * 3 }, (_, i) => (i * 89 + 40) % 256);

function check(
  { toTensor }: Yours,
  bytes: Uint8Array,
  [h, w]: readonly [number, number],
  crop: Crop,
  { flip = false, channels = 3 } = {},
): void {
  const sizes = { h, w, oh: crop.height, ow: crop.width };
  const plain = { rotation: 0, brightness: 1, contrast: 1, saturation: 1, order: [] };
  const expected = preprocessReference(bytes, sizes, { crop, flip, ...plain });
  const found = toTensor(bytes, w, crop, flip);
  if (found.length !== expected.length)
    throw new Mistake(`There are ${found.length} numbers, and should be ${expected.length}.`);
  for (const [i, value] of expected.entries()) {
    const [channel, column, row] = [i % 3, Math.floor(i / 3) % crop.width, Math.floor(i / 3 / crop.width)];
    const actual = found[i] ?? NaN;
    if (channel >= channels || Math.abs(actual - value) <= TOLERANCE) continue;
    const where = `${COLOURS[channel]} at column ${column} of row ${row}`;
    throw new Mistake(
      `${w} × ${h} pixels${flip ? ', mirrored' : ''}: ${where} is ${actual.toFixed(4)} and should be ${value.toFixed(4)}.`,
    );
  }
}

const exercise: Exercise<Yours> = {
  task: 'Exercise 5: turn bytes into a tensor, with nothing lost.',
  steps: [
    {
      holds: 'red, of a single white pixel',
      hint: 'A byte goes up to 255, and white should be exactly 1 before the mean is subtracted.',
      check: (yours) =>
        check(
          yours,
          Uint8Array.of(255, 255, 255),
          [1, 1],
          { x: 0, y: 0, width: 1, height: 1 },
          { channels: 1 },
        ),
    },
    {
      holds: 'all three colours of a single pixel',
      hint: 'Each colour has a mean and a deviation of its own.',
      check: (yours) =>
        check(yours, Uint8Array.of(200, 100, 50), [1, 1], { x: 0, y: 0, width: 1, height: 1 }),
    },
    {
      holds: 'the order of a whole picture',
      hint: 'In [H, W, C] the colours of a pixel lie side by side. Compare with the line that reads the bytes.',
      check: (yours) => check(yours, picture(2, 3), [2, 3], { x: 0, y: 0, width: 3, height: 2 }),
    },
    {
      holds: 'a part of a picture, mirrored',
      hint: 'The mirror image of column 0 is the last column. Which number has that one?',
      check(yours) {
        const crop = { x: 1, y: 2, width: 4, height: 2 };
        check(yours, picture(5, 7), [5, 7], crop);
        check(yours, picture(5, 7), [5, 7], crop, { flip: true });
      },
    },
  ],
};
export default exercise;
