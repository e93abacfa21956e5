// The real file system: links, odd names, and writing that leaves nothing half-made.

import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanImageFolder } from '../../data/scan.ts';
import { checkWritable, nodeFiles, writeAtomic } from './files.ts';

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
    expect([train.length, ignored]).toEqual([2, new Map([['special', 1]])]);
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

  it('removes its new file when the process exits meanwhile', () => {
    const path = join(dir, 'model.bin');
    const program = `
      const { writeAtomic } = await import(${JSON.stringify(new URL('./files.ts', import.meta.url).href)});
      const { readdirSync } = await import('node:fs');
      void writeAtomic(${JSON.stringify(path)}, new Uint8Array(64 * 2 ** 20));
      const look = () => {
        if (readdirSync(${JSON.stringify(dir)}).some((name) => name.endsWith('.tmp'))) {
          console.log('writing');
          process.exit();
        }
        setImmediate(look);
      };
      look();`;
    const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
    expect(String(out)).toBe('writing\n');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('removes what a killed process left an hour ago, and nothing else', async () => {
    const names = [
      '.model.bin.0123456789ab.tmp',
      '.model.bin.ba9876543210.tmp',
      '.model.bin.mine.tmp',
      'x.tmp',
    ];
    touch(...names);
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const name of names.filter((name) => !name.includes('ba98')))
      utimesSync(join(dir, name), longAgo, longAgo);
    await writeAtomic(join(dir, 'model.bin'), new Uint8Array(1));
    expect(readdirSync(dir).sort()).toEqual([...names.slice(1), 'model.bin'].sort());
  });
});

describe('checkWritable', () => {
  it('makes the folder and leaves no file in it', async () => {
    await checkWritable(join(dir, 'runs/1/model.bin'), 1);
    expect(readdirSync(join(dir, 'runs/1'))).toEqual([]);
  });

  it('refuses what the disk has no room for', async () => {
    await expect(checkWritable(join(dir, 'model.bin'), 2 ** 60)).rejects.toThrow(
      /MiB are free there, and \d+ MiB are needed/,
    );
  });

  it('refuses a folder that cannot be made, and does not hang under /proc', async () => {
    touch('file');
    await expect(checkWritable(join(dir, 'file/model.bin'), 1)).rejects.toThrow(/file already exists/);
    if (process.platform !== 'linux') return console.log('skipped: /proc is there on Linux only');
    await expect(checkWritable('/proc/nowhere/model.bin', 1)).rejects.toThrow(/ENOENT/);
    await expect(checkWritable('/proc/model.bin', 1)).rejects.toThrow(/ENOENT/);
  });
});
