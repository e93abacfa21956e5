// The real file system: links, odd names, and writing that leaves nothing half-made.

import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanImageFolder } from '../data/folder.ts';
import { nodeFiles, writeAtomic } from './files.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'graft-files-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function touch(...names: string[]): void {
  for (const name of names) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), 'x');
  }
}

describe('nodeFiles', () => {
  it('takes names with spaces, accents, emoji and leading dashes', async () => {
    touch('-rf/--help.jpg', 'Käse & Brot/ein Bild.JPG', '🐱/"quoted" $HOME.png');
    const { classes, train } = await scanImageFolder(nodeFiles, dir);
    expect(classes).toEqual(['-rf', 'Käse & Brot', '🐱']);
    for (const { path } of train) expect((await nodeFiles.read(path)).length).toBe(1);
  });

  it('follows links, and does not go in circles', async () => {
    touch('data/a/1.jpg', 'elsewhere/2.jpg', 'elsewhere/deep/3.jpg');
    symlinkSync('../elsewhere', join(dir, 'data/b'));
    symlinkSync('../..', join(dir, 'elsewhere/deep/up'));
    symlinkSync('self.jpg', join(dir, 'data/a/self.jpg'));
    symlinkSync('nowhere.jpg', join(dir, 'data/a/dangling.jpg'));
    symlinkSync('..', join(dir, 'data/a/loop'));
    const { train } = await scanImageFolder(nodeFiles, join(dir, 'data'));
    expect(new Set(train.map(({ label }) => label))).toEqual(new Set([0, 1]));
    expect(train.length).toBeLessThan(12);
  });

  it('does not read pipes, which would wait for ever', async () => {
    touch('a/1.jpg', 'b/1.jpg');
    execFileSync('mkfifo', [join(dir, 'a/pipe.jpg')]);
    const { train, ignored } = await scanImageFolder(nodeFiles, dir);
    expect([train.length, ignored]).toEqual([2, 1]);
    await expect(nodeFiles.read(join(dir, 'a/pipe.jpg'))).rejects.toThrow(/not a regular file/);
  });

  it('tells files, folders and nothing apart', async () => {
    touch('a/1.jpg');
    expect(await nodeFiles.kind(join(dir, 'a'))).toBe('directory');
    expect(await nodeFiles.kind(join(dir, 'a/1.jpg'))).toBe('file');
    expect(await nodeFiles.kind(join(dir, 'a/1.jpg/2'))).toBe('missing');
    expect(await nodeFiles.kind(join(dir, 'b'))).toBe('missing');
  });
});

describe('writeAtomic', () => {
  it('makes folders, writes and replaces, and leaves no other file', async () => {
    const path = join(dir, 'runs/1/model.bin');
    await writeAtomic(path, new Uint8Array([1, 2, 3]));
    await writeAtomic(path, new Uint8Array([4]));
    expect([...readFileSync(path)]).toEqual([4]);
    expect(readdirSync(join(dir, 'runs/1'))).toEqual(['model.bin']);
  });

  it('keeps the old file and cleans up when the write fails', async () => {
    mkdirSync(join(dir, 'taken/inner'), { recursive: true });
    await expect(writeAtomic(join(dir, 'taken'), new Uint8Array(9))).rejects.toThrow();
    expect(readdirSync(dir)).toEqual(['taken']);
  });
});
