import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFeatureStore } from './feature-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graft-features-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const features = Float32Array.of(1, -0.5, NaN, 3e-42);
const open = async (mostBytes?: number) => {
  const store = await openFeatureStore({ folders: [folder], ...(mostBytes !== undefined && { mostBytes }) });
  if (!store) throw new Error('There is no store.');
  return store;
};

describe('the store of features', () => {
  it('gives back what it was given, also when it is opened again', async () => {
    await (await open()).keep('one', features);
    expect(await (await open()).find('one')).toEqual(features);
    expect(await (await open()).find('two')).toBeUndefined();
  });

  it.each([
    ['a bit is another', (bytes: Uint8Array) => bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte))],
    ['it ends early', (bytes: Uint8Array) => bytes.subarray(0, -4)],
    ['it is empty', () => new Uint8Array()],
  ])('has nothing of a file of which %s', async (_, damage) => {
    const store = await open();
    await store.keep('one', features);
    const path = join(folder, readdirSync(folder)[0] ?? '');
    writeFileSync(path, damage(readFileSync(path)));
    expect(await store.find('one')).toBeUndefined();
    await store.keep('one', features);
    expect(await store.find('one')).toEqual(features);
  });

  it('lets go of what was not used for longest', async () => {
    const store = await open();
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      await store.keep(name, features);
      utimesSync(join(folder, `${name}.features`), 1000 + i, 1000 + i);
    }
    await store.find('a');
    const shortened = await open(2 * readFileSync(join(folder, 'a.features')).length);
    expect(await shortened.find('b')).toBeUndefined();
    expect(await shortened.find('a')).toEqual(features);
    expect(await shortened.find('c')).toEqual(features);
  });

  it('is none where no folder can be made', async () => {
    expect(await openFeatureStore({ folders: ['/proc/graft', '/dev/null/graft'] })).toBeUndefined();
  });

  it('does without what cannot be written', async () => {
    const store = await open();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await store.keep('one', features);
    expect(await store.find('one')).toBeUndefined();
  });
});
