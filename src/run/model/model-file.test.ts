import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileTree } from '../../data/file-tree.ts';
import { encodeTrainingState, startOfRun } from '../../train/index.ts';
import { writeSafetensors } from '../../weights/index.ts';
import { MemoryStore } from '../store/memory.ts';
import type { RunFiles } from '../store/store.ts';
import { readModelFile } from './model-file.ts';

const tensors = new Map([['fc.bias', { shape: [2], data: Float32Array.of(1, 2) }]]);
const model = writeSafetensors(tensors, { dtype: 'f32' });
const files = fileTree([['model.safetensors', () => Promise.resolve(model)]]);
let store: MemoryStore;
let run: RunFiles;
const sha256 = () => {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest('hex') };
};
const read = (path: string) => readModelFile({ files, store, sha256 }, path);

beforeEach(async () => {
  store = new MemoryStore();
  await store.make('runs/x');
  run = await store.lock('runs/x');
});

/** What a run leaves that was stopped after so many steps. */
const stoppedAfter = (step: number): Promise<void> =>
  run.write(
    'last.safetensors',
    encodeTrainingState(
      { progress: { ...startOfRun, step }, model: tensors, optimizer: undefined },
      {
        architecture: 'resnet18',
        classes: ['cats', 'dogs'],
        transform: { kind: 'resize', width: 8, height: 8 },
        loss: 'cross-entropy',
        graft: '1.2.3',
      },
    ),
  );

describe('the model of a run', () => {
  it('is refused where it has trained nothing yet, and taken after a step', async () => {
    await stoppedAfter(0);
    await expect(read('runs/x')).rejects.toMatchObject({
      message: expect.stringContaining(
        'last.safetensors comes from a run that was stopped before its first step',
      ),
      problem: { kind: 'untrained', run: 'runs/x' },
    });
    await stoppedAfter(1);
    expect([...(await read('runs/x')).tensors.keys()]).toEqual(['fc.bias']);
  });

  it('is its best, else its last, or a file itself', async () => {
    await stoppedAfter(1);
    expect((await read('runs/x')).path).toBe('runs/x/last.safetensors');
    await run.write('best.safetensors', model);
    expect((await read('runs/x')).path).toBe('runs/x/best.safetensors');
    expect((await read('model.safetensors')).path).toBe('model.safetensors');
  });

  it('is missed with words', async () => {
    await expect(read('runs/x')).rejects.toThrow('neither best.safetensors nor last.safetensors');
    await expect(read('runs/y')).rejects.toThrow('There is no run or model file runs/y');
  });
});
