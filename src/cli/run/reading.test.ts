import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataFingerprint } from './fingerprint.ts';
import { modelFileOf, readRun } from './reading.ts';

const set = { size: [8, 8], classes: [{ name: 'a', photos: 1, sha256: '00' }] } as const;
const data: DataFingerprint = { train: set, valid: set };
let run: string;
const put = (name: string, content: unknown) =>
  writeFileSync(join(run, name), typeof content === 'string' ? content : JSON.stringify(content));

beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'graft-read-'));
  put('config.json', { lr: 0.1 });
  put('classes.json', ['a', 'b']);
  put('data.json', data);
  put('last.safetensors', 'state');
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

describe('reading a run', () => {
  it('gives what it holds', async () => {
    const last = join(run, 'last.safetensors');
    expect(await readRun(run)).toEqual({ path: run, config: { lr: 0.1 }, classes: ['a', 'b'], data, last });
  });

  it.each(['config.json', 'classes.json', 'data.json', 'last.safetensors'])(
    'names %s where it is missing',
    async (name) => {
      rmSync(join(run, name));
      await expect(readRun(run)).rejects.toMatchObject({
        name: 'FileError',
        message: expect.stringContaining(`${name} is missing`),
        hint: expect.stringMatching(/--name/),
      });
    },
  );

  it.each([
    ['config.json', '{"lr": 0.', 'is damaged ('],
    ['config.json', [], 'does not hold an object of settings'],
    ['classes.json', ['a'], 'does not hold a list of two or more names'],
    ['classes.json', ['a', 1], 'does not hold'],
    ['data.json', { train: set }, 'does not hold a record of the photos'],
    ['data.json', 'null', 'does not hold'],
    ['data.json', '', 'is damaged ('],
  ])('names %s where it holds %j', async (name, content, problem) => {
    put(name, content);
    await expect(readRun(run)).rejects.toThrow(problem);
    await expect(readRun(run)).rejects.toThrow(join(run, name));
  });

  it('names a folder in the place of a file', async () => {
    rmSync(join(run, 'config.json'));
    mkdirSync(join(run, 'config.json'));
    await expect(readRun(run)).rejects.toThrow('config.json is not a file');
  });

  it('refuses what is no run', async () => {
    await expect(readRun(join(run, 'x'))).rejects.toThrow('There is no run');
    await expect(readRun(join(run, 'config.json'))).rejects.toThrow('is a file');
  });
});

describe('the model of a run', () => {
  it('is its best, else its last, or the file itself', async () => {
    expect(await modelFileOf(run)).toBe(join(run, 'last.safetensors'));
    put('best.safetensors', 'model');
    expect(await modelFileOf(run)).toBe(join(run, 'best.safetensors'));
    expect(await modelFileOf(join(run, 'config.json'))).toBe(join(run, 'config.json'));
  });

  it('is missed with words', async () => {
    rmSync(join(run, 'last.safetensors'));
    await expect(modelFileOf(run)).rejects.toThrow('neither best.safetensors nor last.safetensors');
    await expect(modelFileOf(join(run, 'x'))).rejects.toThrow('There is no run or model file');
  });
});
