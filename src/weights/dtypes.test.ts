import { describe, expect, it } from 'vitest';
import { readAsFloat32, type StridedLayout } from './dtypes.ts';
import { floats } from './handmade.ts';

const bytes = floats(0, 1, 2, 3, 4, 5);
const read = (layout: StridedLayout) =>
  readAsFloat32({ bytes, dtype: 'F32', littleEndian: true }, layout, 'x', 'f');

describe('readAsFloat32', () => {
  it.each<[string, StridedLayout]>([
    ['row-major', { offset: 0, shape: [2, 3], stride: [3, 1] }],
    ['with an offset', { offset: 2, shape: [4], stride: [1] }],
    ['whatever the stride of an axis of size 1', { offset: 0, shape: [1, 3, 1, 2], stride: [99, 2, 77, 1] }],
    ['a scalar', { offset: 5, shape: [], stride: [] }],
  ])('copies nothing: %s', (_, layout) => {
    const data = read(layout);
    expect(data.buffer).toBe(bytes.buffer);
    expect(data[0]).toBe(layout.offset);
  });

  it.each<[string, StridedLayout, number[]]>([
    ['a transpose', { offset: 0, shape: [3, 2], stride: [1, 3] }, [0, 3, 1, 4, 2, 5]],
    ['every second', { offset: 1, shape: [3], stride: [2] }, [1, 3, 5]],
    ['a broadcast', { offset: 4, shape: [2, 2], stride: [0, 1] }, [4, 5, 4, 5]],
    ['overlapping windows', { offset: 0, shape: [2, 2, 2], stride: [2, 1, 1] }, [0, 1, 1, 2, 2, 3, 3, 4]],
    ['nothing, far outside', { offset: 99, shape: [3, 0], stride: [1, 1] }, []],
  ])('gathers: %s', (_, layout, expected) => {
    expect(Array.from(read(layout))).toEqual(expected);
  });
});
