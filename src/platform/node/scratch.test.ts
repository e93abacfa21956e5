import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openScratch } from './scratch.ts';

const root = mkdtempSync(join(tmpdir(), 'graft-scratch-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('a scratch file', () => {
  it('gives back what was written, and has no name', async () => {
    const folder = join(root, 'photos');
    const file = await openScratch([folder]);
    expect(readdirSync(folder)).toEqual([]);
    await file?.write(0, Uint8Array.of(1, 2, 3));
    await file?.write(3, Uint8Array.of(4, 5));
    expect(await file?.read(1, 4)).toEqual(Uint8Array.of(2, 3, 4, 5));
    await expect(file?.read(4, 2)).rejects.toThrow('ends too early');
    await file?.close();
    await expect(file?.read(0, 1)).rejects.toThrow();
  });

  it('leaves half of the disk to others', async () => {
    const file = await openScratch([root]);
    await expect(file?.write(2 ** 50, Uint8Array.of(1))).rejects.toThrow('as far as graft may fill it');
    await file?.close();
  });

  it('lies in the first folder that takes it, or is none', async () => {
    const taken = join(root, 'a file');
    writeFileSync(taken, '');
    const file = await openScratch([join(taken, 'photos'), root]);
    expect(file).toBeDefined();
    await file?.close();
    expect(await openScratch([join(taken, 'photos')])).toBeUndefined();
  });
});
