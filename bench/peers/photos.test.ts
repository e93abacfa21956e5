import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lastAccuracy, measurePhotos } from './photos.ts';

it('reads the accuracy of the last epoch, whose weights the program writes', () => {
  const output = [
    'a warning that is printed first, with accuracy 0.1',
    'epoch 1  loss 0.6480  accuracy 0.9000  30.1 s',
    'epoch 2  loss 0.5300  accuracy 0.8250  60.2 s',
    'written after 60.4 s',
  ].join('\n');
  expect(lastAccuracy(output)).toBe(0.825);
  expect(() => lastAccuracy('written after 1 s')).toThrow('told of no epoch');
});

it('says what is missing before anything is trained', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'graft-photos-'));
  try {
    mkdirSync(join(folder, 'train'));
    const photos = { data: folder, weights: join(folder, 'resnet18.pth') };
    await expect(measurePhotos(photos, { rounds: 1, folder })).rejects.toThrow(join(folder, 'test'));
    mkdirSync(join(folder, 'test'));
    await expect(measurePhotos(photos, { rounds: 1, folder })).rejects.toThrow(photos.weights);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
