import { beforeEach, describe, expect, it } from 'vitest';
import type { DataFingerprint } from './fingerprint.ts';
import { MemoryStore } from './memory.ts';
import { readBest, readRun, type RunRecord } from './reading.ts';
import type { RunFiles } from './store.ts';

const set = { size: [8, 8], classes: [{ name: 'a', photos: 1, sha256: '00' }] } as const;
const data: DataFingerprint = { decoder: 'graft', train: set, valid: set };
let run: RunFiles;
const put = (name: string, content: unknown) =>
  run.write(name, new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)));
const read = (): Promise<RunRecord> => readRun(run);

beforeEach(async () => {
  const store = new MemoryStore();
  await store.make('runs/x');
  run = await store.lock('runs/x');
  await put('config.json', { lr: 0.1 });
  await put('classes.json', ['a', 'b']);
  await put('data.json', data);
  await put('last.safetensors', 'state');
});

describe('reading a run', () => {
  it('gives what it holds', async () => {
    const { last, ...record } = await read();
    expect(record).toEqual({ config: { lr: 0.1 }, classes: ['a', 'b'], data });
    expect(last.source).toBe('runs/x/last.safetensors');
    expect(new TextDecoder().decode(last.bytes)).toBe('state');
  });

  it.each(['config.json', 'classes.json', 'data.json'])('names %s where it is missing', async (name) => {
    await run.remove(name);
    await expect(read()).rejects.toMatchObject({
      name: 'RunError',
      message: expect.stringContaining(`runs/x/${name} is missing`),
      problem: { kind: 'damaged', run: 'runs/x' },
    });
  });

  it('names the best model where it is missing', async () => {
    await put('best.safetensors', 'weights');
    expect((await readBest(run)).source).toBe('runs/x/best.safetensors');
    await run.remove('best.safetensors');
    await expect(readBest(run)).rejects.toMatchObject({
      message: expect.stringContaining('runs/x/best.safetensors is missing'),
      problem: { kind: 'damaged', run: 'runs/x' },
    });
  });

  it('tells a run that never began from one that lost its checkpoint', async () => {
    await run.remove('last.safetensors');
    await expect(read()).rejects.toMatchObject({
      message: expect.stringContaining('last.safetensors is missing'),
      problem: { kind: 'never-began', isNameFree: true },
    });
    await put('history.csv', 'epoch');
    await expect(read()).rejects.toMatchObject({ problem: { kind: 'never-began', isNameFree: false } });
  });

  it.each([
    ['config.json', '{"lr": 0.', 'is damaged ('],
    ['config.json', [], 'does not hold an object of settings'],
    ['classes.json', ['a'], 'does not hold a list of two or more names'],
    ['classes.json', ['a', 1], 'does not hold'],
    ['data.json', { train: set }, 'does not hold a record of the photos'],
    ['data.json', 'null', 'does not hold'],
    ['data.json', '', 'is damaged ('],
  ])('names %s where it holds %j', async (name, content, problem) => {
    await put(name, content);
    await expect(read()).rejects.toThrow(problem);
    await expect(read()).rejects.toThrow(`runs/x/${name}`);
  });
});
