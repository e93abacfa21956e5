import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeTrainingState, startOfRun } from '../../train/index.ts';
import { readModelFile } from './model-file.ts';

let run: string;
beforeAll(() => {
  run = mkdtempSync(join(tmpdir(), 'graft-model-'));
});
afterAll(() => rmSync(run, { recursive: true, force: true }));

/** What a run leaves that was stopped after so many steps. */
function stoppedAfter(step: number): void {
  const state = {
    progress: { ...startOfRun, step },
    model: new Map([['fc.bias', { shape: [2], data: Float32Array.of(1, 2) }]]),
    optimizer: undefined,
  };
  const bytes = encodeTrainingState(state, {
    architecture: 'resnet18',
    classes: ['cats', 'dogs'],
    transform: { kind: 'resize', width: 8, height: 8 },
    loss: 'cross-entropy',
    graft: '1.2.3',
  });
  writeFileSync(join(run, 'last.safetensors'), bytes);
}

it('refuses the model of a run that has trained nothing yet, and takes it after a step', async () => {
  stoppedAfter(0);
  await expect(readModelFile(run)).rejects.toMatchObject({
    name: 'FileError',
    message: expect.stringContaining('last.safetensors is of a run that was stopped before its first step'),
    hint: expect.stringContaining(`--resume ${run}`),
  });
  stoppedAfter(1);
  expect([...(await readModelFile(run)).tensors.keys()]).toEqual(['fc.bias']);
});
