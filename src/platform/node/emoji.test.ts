import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { animalOrFood, DataError, subcategories } from '../../data/index.ts';
import { openEmojiSet } from './emoji.ts';

describe('openEmojiSet', () => {
  it('finds the drawings that npm installed, in the numbers that the default run is built on', async () => {
    const [google, twitter] = [await openEmojiSet('google'), await openEmojiSet('twitter')];
    const demo = animalOrFood({ train: google, valid: twitter });
    const of = (label: number) => (image: { readonly label: number }) => image.label === label;
    for (const part of [demo.train, demo.valid ?? []])
      expect([part.filter(of(0)).length, part.filter(of(1)).length]).toEqual([130, 104]);

    const kinds = subcategories([google, twitter]);
    expect([kinds.classes.length, kinds.train.length]).toEqual([80, 2692]);
    const all = [...demo.train, ...(demo.valid ?? []), ...kinds.train].map(({ path }) => path);
    expect(all.filter((path) => !existsSync(path))).toEqual([]);
    expect(new Set(all).size).toBe(all.length); // no drawing is in two of them
  });

  it('says what to do where a package is missing or damaged', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'graft-emoji-'));
    const from = pathToFileURL(join(dir, 'module.js')).href;
    try {
      await expect(openEmojiSet('google', from)).rejects.toThrow(DataError);
      await expect(openEmojiSet('google', from)).rejects.toThrow(
        /emoji-datasource-google is not installed.*npm ci/,
      );
      const folder = join(dir, 'node_modules', 'emoji-datasource-google');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'emoji.json'), '[{"image":');
      await expect(openEmojiSet('google', from)).rejects.toThrow(/emoji\.json is not the table of emoji/);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
