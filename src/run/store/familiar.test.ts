import { describe, expect, it } from 'vitest';
import { unitRows, type KnownPhotos } from '../../train/index.ts';
import { WeightsError, writeSafetensors } from '../../weights/index.ts';
import { encodeFamiliar, parseFamiliar, readFamiliar, writeFamiliar } from './familiar.ts';
import { RunFolder } from './folder.ts';
import { MemoryStore } from './memory.ts';

const known: KnownPhotos = {
  rows: unitRows(Float32Array.of(1, 2, 2, 0, 3, 4), 3),
  width: 3,
  distances: Float32Array.of(0.25, 0.5, 0.5),
};

describe('what a run knows of its photos', () => {
  it('is read as it was written, to 16 bits, and is not there before', async () => {
    const folder = await RunFolder.create(new MemoryStore());
    expect(await readFamiliar(folder.files, '3', 3)).toBeUndefined();
    await writeFamiliar(folder, known, 3);
    const found = await readFamiliar(folder.files, '3', 3);
    expect(found).toMatchObject({ width: 3, distances: known.distances });
    found?.rows.forEach((value, i) => expect(value).toBeCloseTo(known.rows[i]!, 3)); // as many
  });

  it('says nothing of the model of another epoch, and refuses another network', async () => {
    const folder = await RunFolder.create(new MemoryStore());
    await writeFamiliar(folder, known, 3);
    expect(await readFamiliar(folder.files, '4', 3)).toBeUndefined();
    expect(await readFamiliar(folder.files, undefined, 3)).toBeUndefined();
    await expect(readFamiliar(folder.files, '3', 512)).rejects.toThrow(
      /familiar\.safetensors: it has 3 features of each photo, and the network 512\. Delete the file/,
    );
  });

  const written = (changes: {
    features?: readonly [number[], number[]];
    distances?: readonly [number[], number[]];
    epoch?: string;
    format?: string;
  }) => {
    const {
      features: [shape, values] = [
        [1, 2],
        [1, 0],
      ],
      distances: [count, far] = [[2], [0.5, 1]],
      ...metadata
    } = changes;
    const tensors = new Map([
      ['features', { shape, data: Float32Array.from(values) }],
      ['distances', { shape: count, data: Float32Array.from(far) }],
    ]);
    return writeSafetensors(tensors, {
      dtype: 'f32',
      metadata: { format: 'graft familiar photos 1', epoch: '1', ...metadata },
    });
  };

  it.each([
    ['nothing', new Uint8Array()],
    ['half of it', encodeFamiliar(known, 1).subarray(0, -3)],
    [
      'a model',
      writeSafetensors(new Map([['fc.bias', { shape: [1], data: Float32Array.of(1) }]]), { dtype: 'f32' }),
    ],
    ['another format', written({ format: 'pt' })],
    ['an epoch that is none', written({ epoch: '-1' })],
    ['features of no photo', written({ features: [[0, 2], []] })],
    ['features without width', written({ features: [[2], [1, 0]] })],
    [
      'features that are no numbers',
      written({
        features: [
          [1, 2],
          [1, NaN],
        ],
      }),
    ],
    [
      'features that are too long',
      written({
        features: [
          [1, 2],
          [3, 4],
        ],
      }),
    ],
    ['distances that are no numbers', written({ distances: [[2], [0.5, NaN]] })],
    ['distances below 0', written({ distances: [[2], [-1, 1]] })],
    ['distances out of order', written({ distances: [[2], [1, 0.5]] })],
    ['distances that cannot be', written({ distances: [[2], [1, Infinity]] })],
    [
      'distances in two dimensions',
      written({
        distances: [
          [1, 2],
          [0.5, 1],
        ],
      }),
    ],
  ])('is refused where a file holds %s', (_, bytes) =>
    expect(() => parseFamiliar(bytes, 'f')).toThrow(WeightsError),
  );

  it('is taken where a file holds it', () =>
    expect(parseFamiliar(written({}), 'f')).toMatchObject({ width: 2, epoch: '1' }));
});
