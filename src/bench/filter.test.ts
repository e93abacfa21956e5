import { describe, expect, it } from 'vitest';
import { matching } from './filter.ts';

const rows = [
  { operation: 'conv2d.forward', shape: 'layer1 8×128²' },
  { operation: 'conv2d.forward', shape: 'layer2 8×128²' },
  { operation: 'conv2d.backward-data', shape: 'layer1 8×128²', asked: 'tiled 64×64' },
  { operation: 'adam', shape: 'all, 11,181,696' },
];
const operations = (words: string[], filter?: string) =>
  matching(rows, words, filter).map(({ operation, shape }) => `${operation} ${shape.split(' ')[0]}`);

describe('matching', () => {
  it('takes rows that contain any of the words', () => {
    expect(operations([])).toHaveLength(4);
    expect(operations(['adam', 'layer2'])).toEqual(['conv2d.forward layer2', 'adam all,']);
    expect(operations(['CONV2D.Forward'])).toHaveLength(2);
    expect(operations(['tiled'])).toEqual(['conv2d.backward-data layer1']);
  });

  it('narrows by all words of the filter', () => {
    expect(operations(['conv2d'], 'layer1')).toEqual([
      'conv2d.forward layer1',
      'conv2d.backward-data layer1',
    ]);
    expect(operations([], ' forward layer1 ')).toEqual(['conv2d.forward layer1']);
  });

  it('names what there is where a word is unknown or nothing is left', () => {
    expect(() => matching(rows, ['conv3d'])).toThrow('No benchmark has "conv3d" in its name.');
    expect(() => matching(rows, ['adam'], 'layer1')).toThrow('No benchmark is adam and layer1 at once.');
    try {
      matching(rows, ['conv3d']);
    } catch (error) {
      expect(error).toMatchObject({
        hint: expect.stringContaining('conv2d.forward, conv2d.backward-data, adam'),
      });
    }
  });
});
