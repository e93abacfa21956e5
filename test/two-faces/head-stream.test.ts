// A run of the head alone: its photos go through the trunk while they are read, and none of them is read a second time.
import { beforeAll, expect, it } from 'vitest';
import type { FileSystem } from '../../src/data/index.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import type { RunHost } from '../../src/run/host.ts';
import { MemoryStore } from '../../src/run/store/memory.ts';
import { train, type TrainRequest } from '../../src/run/train.ts';
import { testGpu } from '../support/gpu.ts';
import { memoryHost } from './memory-host.ts';
import * as story from './story.ts';

let gpu: Gpu;
let files: FileSystem;
beforeAll(async () => {
  gpu = await testGpu();
  files = await story.storyFiles(gpu);
});

/** A host that counts how often photos are read, and needs no file for them. */
function counting() {
  const log: string[] = [];
  const counted: FileSystem = {
    ...files,
    read(path) {
      if (path.endsWith('.png')) log.push(path);
      return files.read(path);
    },
  };
  const host: RunHost = {
    ...memoryHost(gpu, counted, new MemoryStore()),
    openScratch: () => Promise.reject(new Error('A run of the head needs no file.')),
  };
  return { host, log };
}

function request(more: Partial<TrainRequest>): TrainRequest {
  const plain = story.request({ name: 'run' });
  const given = { ...plain.given, tune: 'head', views: 2, augment: 'strong', epochs: 3 } as const;
  return { ...plain, given, ...more };
}

async function run(host: RunHost, more: Partial<TrainRequest> = {}, stopAfter = Infinity) {
  const told: string[] = [];
  const controller = new AbortController();
  let steps = 0;
  await train(host, request(more), {
    signal: controller.signal,
    tell({ kind }) {
      if (!told.includes(kind)) told.push(kind);
      if (kind === 'step' && ++steps === stopAfter) controller.abort();
    },
  });
  return told;
}

const models = async (host: RunHost) => [
  await story.modelOf(host, 'run', 'best'),
  await story.modelOf(host, 'run', 'last'),
];

it('reads each photo once, and ends in the same bits whatever is kept of them and however it is stopped', async () => {
  const { host, log } = counting();
  const told = await run(host);
  expect(log).toHaveLength(12);
  expect(told).toContain('features');
  expect(told).not.toContain('computing-features');

  const little = counting();
  await run(little.host, { photoBudgetBytes: 0 });
  expect(await models(little.host)).toEqual(await models(host));
  expect(new Set(little.log.slice(0, 12)).size).toBe(12);

  const stopped = counting();
  await run(stopped.host, {}, 4);
  await run(stopped.host, { given: {}, resume: stopped.host.store.place('run') });
  expect(await models(stopped.host)).toEqual(await models(host));
});

it('keeps the photos for a phase that wants them', async () => {
  const { host, log } = counting();
  const { given } = request({});
  const more = { given: { ...given, tune: 'layer4', gradual: true, epochs: 2, views: 1 } };
  const told = await run(host, more);
  expect(log).toHaveLength(12);
  expect(told).not.toContain('computing-features');
});
