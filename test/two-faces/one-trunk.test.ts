// A run keeps what is frozen once, in its best model: its last checkpoint refers to it there. The two are written one after the other,
// and a process can be killed at any write: whatever is there then goes on to the same bits.
import { beforeAll, describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/data/index.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import { checkRun } from '../../src/run/check-run.ts';
import type { RunHost } from '../../src/run/host.ts';
import { readModelFile } from '../../src/run/model/model-file.ts';
import { MemoryStore } from '../../src/run/store/memory.ts';
import type { RunReader } from '../../src/run/store/store.ts';
import { train } from '../../src/run/train.ts';
import { readSafetensors } from '../../src/weights/index.ts';
import { testGpu } from '../support/gpu.ts';
import { memoryHost } from './memory-host.ts';
import * as story from './story.ts';

const [BEST, LAST] = ['best.safetensors', 'last.safetensors'];

/** A store that is copied at each write of a model, as it is before: what a process leaves that is killed there. */
class CopiedStore extends MemoryStore {
  readonly copies: { readonly before: string; readonly store: MemoryStore }[] = [];

  override async lock(run: string) {
    const files = await super.lock(run);
    return {
      ...files,
      write: (name: string, bytes: Uint8Array) => {
        if (name === BEST || name === LAST) this.copies.push({ before: name, store: this.copy() });
        return files.write(name, bytes);
      },
    };
  }
}

let gpu: Gpu;
let files: FileSystem;
const hostOf = (store: MemoryStore): RunHost => memoryHost(gpu, files, store);
const store = new CopiedStore();
const controls = { signal: new AbortController().signal, tell: () => undefined };
beforeAll(async () => {
  gpu = await testGpu();
  files = await story.storyFiles(gpu);
  const { given } = story.request({});
  const request = story.request({
    given: { ...given, tune: 'head', augment: 'none', epochs: 3 },
    ...{ name: 'run', checkpointSeconds: 0 },
  });
  await train(hostOf(store), request, controls);
});

const readerIn = async (store: MemoryStore): Promise<RunReader> => (await store.look('run'))!; // the test made it
const namesIn = async (store: MemoryStore, file: string) => [
  ...readSafetensors(await (await readerIn(store)).read(file), file).tensors.keys(),
];
const modelsOf = async (host: RunHost) => [
  await story.modelOf(host, 'run', 'best'),
  await story.modelOf(host, 'run', 'last'),
];

/** A copy of the ended run with one file changed, or without it. */
async function changed(file: string, change: (bytes: Uint8Array) => Uint8Array | undefined) {
  const copy = store.copy();
  const run = await copy.lock('run');
  const bytes = change(await run.read(file));
  await (bytes ? run.write(file, bytes) : run.remove(file));
  await run.close();
  return copy;
}

/** With the sign of one number of a tensor changed. */
function damaged(bytes: Uint8Array, tensor: string): Uint8Array {
  const { data } = readSafetensors(bytes, 'f').tensors.get(tensor)!; // a view of the bytes, of a name in it
  data[0] = -(data[0] ?? 0);
  return bytes;
}

describe('a run of which most is frozen', () => {
  it('has that in its best model alone, from its first on', async () => {
    const begun = store.copies.find(({ before }) => before === BEST);
    expect(await namesIn(begun!.store, LAST)).toContain('layer3.0.conv1.weight'); // an epoch was better than none
    const last = await namesIn(store, LAST);
    expect(last).not.toContain('layer3.0.conv1.weight');
    expect(last).toEqual(expect.arrayContaining(['layer3.0.bn1.running_mean', 'fc.bias']));
    expect(await namesIn(store, BEST)).toContain('layer3.0.conv1.weight');
  });

  it('goes on to the same bits from whatever is there before any write of a model', async () => {
    const expected = await modelsOf(hostOf(store));
    const isBest = (index: number) => store.copies[index]?.before === BEST;
    // Before each best model, between it and the next checkpoint, and after that.
    const moments = [...store.copies.entries()].filter(([i]) => isBest(i) || isBest(i - 1) || isBest(i - 2));
    const best = moments.filter(([i]) => isBest(i));
    expect(best.length).toBeGreaterThan(1); // the later ones replace what a checkpoint refers to
    for (const [i, { before, store: left }] of moments) {
      await checkRun(await readerIn(left), hostOf(left).sha256);
      await story.resumeRun(hostOf(left), 'run');
      expect(await modelsOf(hostOf(left)), `killed before write ${i + 1}, of ${before}`).toEqual(expected);
    }
  });

  it('goes on with any of its best models, for what is frozen is the same in all', async () => {
    const [first] = store.copies.filter(({ before }) => before === LAST).slice(-1);
    const run = await first!.store.lock('run'); // a run has checkpoints
    await run.write(BEST, await (await readerIn(store)).read(BEST));
    await run.close();
    await story.resumeRun(hostOf(first!.store), 'run');
    expect(await story.modelOf(hostOf(first!.store), 'run', 'last')).toBe(
      await story.modelOf(hostOf(store), 'run', 'last'),
    );
  });

  it('predicts from its last where that is the model that is named', async () => {
    const host = hostOf(store);
    const inRun = await readerIn(store);
    const folder: FileSystem = {
      ...files,
      kind: async (path) =>
        typeof (await inRun.size(path.replace('run/', ''))) === 'number' ? 'file' : 'missing',
      read: (path) => inRun.read(path.replace('run/', '')),
    };
    const { tensors, metadata, path } = await readModelFile(
      { ...host, files: folder },
      'run/last.safetensors',
    );
    expect(path).toBe('run/last.safetensors');
    expect(metadata).not.toHaveProperty('trunk');
    expect([...tensors.keys()]).toEqual(expect.arrayContaining(await namesIn(store, BEST)));
  });

  it.each([
    [
      'other frozen weights',
      (bytes: Uint8Array) => damaged(bytes, 'layer1.0.conv1.weight'),
      /best\.safetensors: the frozen layers in it are not those/,
    ],
    ['half of the file', (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2), /best\.safetensors: /],
    [
      'no file',
      () => undefined,
      /last\.safetensors: it leaves out the frozen layers, which are in best\.safetensors of the same run\. Use .*, or put it back/,
    ],
  ])('whose best model has %s is refused by name', async (_, change, message) => {
    const left = await changed(BEST, change);
    await expect(story.resumeRun(hostOf(left), 'run')).rejects.toThrow(message);
    await expect(checkRun(await readerIn(left), hostOf(left).sha256)).rejects.toThrow(message);
  });

  it('does not mind changes to what is not frozen: there the last has its own', async () => {
    const left = await changed(BEST, (bytes) => damaged(bytes, 'fc.weight'));
    await checkRun(await readerIn(left), hostOf(left).sha256);
    await story.resumeRun(hostOf(left), 'run');
  });
});
