// Photos beyond the memory that they may take: whatever a run keeps where, it ends in the same bits.
import { beforeAll, describe, expect, it } from 'vitest';
import { fileTree } from '../../src/data/file-tree.ts';
import { encodePng, type FileSystem, type ScratchFile } from '../../src/data/index.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import type { RunEvent } from '../../src/run/events.ts';
import type { RunHost } from '../../src/run/host.ts';
import { MemoryStore } from '../../src/run/store/memory.ts';
import { RunFolder } from '../../src/run/store/folder.ts';
import { train } from '../../src/run/train.ts';
import { testGpu } from '../support/gpu.ts';
import { memoryHost } from './memory-host.ts';
import * as story from './story.ts';

let gpu: Gpu;
let files: FileSystem;
let whole: Awaited<ReturnType<typeof filesOf>>;
beforeAll(async () => {
  gpu = await testGpu();
  files = await story.storyFiles(gpu);
  whole = await filesOf((await run({})).host);
});

/** A file in memory, which may forget what was written to it and may have little room. */
function scratch({ room = Infinity, damaged = false } = {}) {
  const kept = new Map<number, Uint8Array>();
  const log = { written: 0, read: 0, closed: 0 };
  const file: ScratchFile = {
    write(at, bytes) {
      if (at + bytes.length > room) return Promise.reject(new Error('full'));
      log.written++;
      kept.set(at, bytes.slice());
      return Promise.resolve();
    },
    read(at) {
      log.read++;
      const bytes = kept.get(at)?.slice() ?? new Uint8Array();
      if (damaged) bytes[0]! ^= 1;
      return Promise.resolve(bytes);
    },
    close: () => Promise.resolve(void log.closed++),
  };
  return { file, log };
}

interface RunRequest {
  readonly photoBudgetBytes?: number;
  readonly scratch?: ScratchFile;
  readonly onEvent?: (event: RunEvent, stop: () => void) => void;
  readonly host?: RunHost;
}

/** A run whose images all go up with their batches, so that each step asks the host for them. */
async function run({ photoBudgetBytes, scratch, onEvent, host: before }: RunRequest) {
  const host: RunHost = before ?? {
    ...memoryHost(gpu, files, new MemoryStore()),
    openScratch: () => Promise.resolve(scratch),
  };
  const controller = new AbortController();
  const plain = story.request({ name: 'run', imageBudgetBytes: 0 });
  const resumed = before && { given: {}, resume: host.store.place('run') };
  const request = { ...plain, ...resumed };
  const result = await train(
    host,
    { ...request, ...(photoBudgetBytes !== undefined && { photoBudgetBytes }) },
    {
      signal: controller.signal,
      tell: (event) => onEvent?.(event, () => controller.abort()),
    },
  );
  return { host, result };
}

async function filesOf(host: RunHost) {
  return {
    best: await story.modelOf(host, 'run', 'best'),
    last: await story.modelOf(host, 'run', 'last'),
    data: await story.textOf(host, 'run', 'data'),
    answers: await story.textOf(host, 'run', 'answers'),
  };
}

/** Of a training photo in these runs. */
const TRAIN_BYTES = 38 * 38 * 3;

describe('a run whose photos exceed memory', () => {
  it.each([
    ['memory has some, and a file has room for some', 3 * TRAIN_BYTES, { room: 4 * TRAIN_BYTES }, [4, 0]],
    ['a file gives back what was not written', 0, { damaged: true }, [10, 2]],
  ] as const)('ends in the same bits where %s', async (_, photoBudgetBytes, how, [train, valid]) => {
    const { file, log } = scratch(how);
    const { host } = await run({ photoBudgetBytes, scratch: file });
    expect(await filesOf(host)).toEqual(whole);
    expect(log.written).toBe(train + valid);
    expect(log.read).toBeGreaterThanOrEqual(2 * train);
    expect(log.closed).toBe(1);
  });

  it('ends in the same bits without a file, photos being decoded for each batch', async () => {
    const { host } = await run({ photoBudgetBytes: 0 });
    expect(await filesOf(host)).toEqual(whole);
  });

  it('can be stopped and resumed, with another budget too', async () => {
    let steps = 0;
    const { host, result } = await run({
      photoBudgetBytes: 0,
      scratch: scratch().file,
      onEvent: (event, stop) => event.kind === 'step' && ++steps === 2 && stop(),
    });
    expect(result).toMatchObject({ stopped: true });
    await run({ photoBudgetBytes: 2 * TRAIN_BYTES, host });
    expect(await filesOf(host)).toEqual(whole);
  });

  it('tells where they are, and passes over what cannot be read', async () => {
    const broken = () => Promise.resolve(new TextEncoder().encode('no photo'));
    const some = fileTree([
      ...(await listed(files)),
      ...['red', 'blue'].map((name) => [`photos/${name}/x.png`, broken] as const),
    ]);
    const host = { ...memoryHost(gpu, some, new MemoryStore()) };
    const told: RunEvent[] = [];
    await train(host, briefly(TRAIN_BYTES), {
      signal: new AbortController().signal,
      tell: (event) => told.push(event),
    });
    const photos = told.find(({ kind }) => kind === 'photos');
    expect(photos).toMatchObject({ data: { kept: { inMemory: 1, onDisk: 0, nowhere: 11 } } });
    expect(photos).toHaveProperty('data.skipped.length', 2);
  });

  it('says which photo has changed, and leaves a run that can be resumed', async () => {
    const other = encodePng({ width: 1, height: 1, data: new Uint8Array(3) });
    let hasChanged = false;
    const now: FileSystem = {
      ...files,
      read: (path) => (hasChanged && path.endsWith('.png') ? Promise.resolve(other) : files.read(path)),
    };
    const host = memoryHost(gpu, now, new MemoryStore());
    const failing = train(host, story.request({ name: 'run', photoBudgetBytes: 0, imageBudgetBytes: 0 }), {
      signal: new AbortController().signal,
      tell: ({ kind }) => (hasChanged ||= kind === 'step'),
    });
    await expect(failing).rejects.toThrow(
      /^The photo photos\/\w+\/\d\.png has changed while the run went on/,
    );
    hasChanged = false;
    await run({ photoBudgetBytes: 0, host });
    expect(await filesOf(host)).toEqual(whole);
  });

  it('leaves its folder to others even where its photos cannot be let go', async () => {
    const { file } = scratch();
    const close = () => Promise.reject(new Error('the disk is gone'));
    const store = new MemoryStore();
    const host: RunHost = {
      ...memoryHost(gpu, files, store),
      openScratch: () => Promise.resolve({ ...file, close }),
    };
    const controls = { signal: new AbortController().signal, tell: () => undefined };
    await expect(train(host, briefly(0), controls)).rejects.toThrow('the disk is gone');
    const folder = await RunFolder.open(store, store.place('run'));
    await folder.close();
  });
});

/** A run of the head, of which nothing is compared. */
function briefly(photoBudgetBytes: number) {
  const plain = story.request({ name: 'run', photoBudgetBytes });
  return { ...plain, given: { ...plain.given, tune: 'head', views: 0, epochs: 1 } };
}

/** The story's files by path. */
async function listed(all: FileSystem) {
  const names = ['red', 'blue'].flatMap((name) =>
    Array.from({ length: 6 }, (_, i) => `photos/${name}/${i}.png`),
  );
  return Promise.all(
    [...names, story.WEIGHTS].map(async (path) => {
      const bytes = await all.read(path);
      return [path, () => Promise.resolve(bytes)] as const;
    }),
  );
}
