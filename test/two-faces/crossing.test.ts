// A run that moves: begun in one face, its files carried to the other, and resumed there to the same bits. Photos are JPEGs, whose
// pixels differ by the decoder, and both faces work on SwiftShader.
import { encode } from 'jpeg-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileTree } from '../../src/data/file-tree.ts';
import { openAdapter, requestDevice, waiterFor } from '../../src/platform/node/index.ts';
import { decoderOf } from '../../src/platform/node/photos/decoders.ts';
import { openSharp } from '../../src/platform/node/photos/sharp.ts';
import { hasSwiftShader } from '../../src/platform/node/swiftshader.ts';
import { inlineSource, type FileSystem } from '../../src/data/index.ts';
import { Gpu } from '../../src/gpu/index.ts';
import { createRandom } from '../../src/random.ts';
import type { RunHost } from '../../src/run/host.ts';
import { MemoryStore } from '../../src/run/store/memory.ts';
import { hasBrowser, TestBrowser } from '../browser/harness.ts';
import { filesOf, keepFiles } from './carrying.ts';
import { openFerry, type Ferry } from './ferry.ts';
import { memoryHost } from './memory-host.ts';
import * as story from './story.ts';

const { sharp } = openSharp();
const hasNode = hasSwiftShader();
if (!hasNode) console.log('skipped: runs that move, because there is no SwiftShader for Node here');

/** A photo as cameras write them: smooth, with chroma at half the resolution. */
function jpeg(label: number, seed: number): Uint8Array {
  const [width, height] = [40, 30];
  const random = createRandom(label, seed);
  const [phase, tone] = [random.uniform() * 6, 90 + 100 * random.uniform()];
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const wave =
      60 * Math.sin(phase + (i % width) / 5) * Math.cos(phase + Math.floor(i / width) / (4 + label));
    data.set([tone + (label === 0 ? wave : 0), tone - 40, tone + (label === 1 ? wave : 0), 255], 4 * i);
  }
  return new Uint8Array(encode({ width, height, data }, 85).data);
}

describe.skipIf(!hasNode || !hasBrowser('runs that move to a browser and back'))('a run that moves', () => {
  let gpu: Gpu;
  let files: FileSystem;
  let browser: TestBrowser;
  let ferry: Ferry;
  const store = new MemoryStore();
  const node = () => memoryHost(gpu, files, store);
  /** Takes a run's files from one face to the other. */
  const toBrowser = async (name: string) => {
    ferry.files.clear();
    for (const [file, bytes] of await filesOf(node(), name)) ferry.files.set(file, bytes);
    await browser.call('take', ferry.url, name, [...ferry.files.keys()]);
  };
  const toNode = async (name: string) => {
    ferry.files.clear();
    await browser.call('leave', ferry.url, name);
    await keepFiles(node(), name, ferry.files);
  };

  beforeAll(async () => {
    const opened = await openAdapter({ want: 'swiftshader' });
    gpu = new Gpu(await requestDevice(opened.adapter), { wait: waiterFor(opened.choice) });
    const photos = ['red', 'blue'].flatMap((name, label) =>
      Array.from({ length: 6 }, (_, i) => [`photos/${name}/${i}.jpg`, jpeg(label, i)] as const),
    );
    const others = await story.storyFiles(gpu);
    files = fileTree([
      ...photos.map(([path, bytes]) => [path, () => Promise.resolve(bytes)] as const),
      [story.WEIGHTS, () => others.read(story.WEIGHTS)],
    ]);
    ferry = await openFerry();
    browser = await TestBrowser.open({
      worker: 'test/two-faces/worker.ts',
      modules: { decode: 'src/platform/web/decode-worker.ts' },
    });
    const texts = photos.map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')] as const);
    await browser.call('photosAre', Object.fromEntries(texts));
    await story.trainRun(node(), 'whole');
  });
  afterAll(async () => {
    await browser.close();
    ferry.close();
  });

  const isWhole = async (model: (file: 'best' | 'last') => Promise<string>) => {
    for (const file of ['best', 'last'] as const)
      expect(await model(file), file).toBe(await story.modelOf(node(), 'whole', file));
  };

  it('from Node to a browser ends in the same bits, decoded by what it was begun with', async () => {
    expect(await story.trainRun(node(), 'to-browser', 3)).toMatchObject({ stopped: true });
    await toBrowser('to-browser');
    await browser.call('newRunsBy', 'browser');
    expect(await browser.call('resume', 'to-browser')).toMatchObject({ stopped: false, epochs: 2 });
    await isWhole((file) => browser.call('model', 'to-browser', file));
  });

  it('from a browser to Node ends in the same bits', async () => {
    await browser.call('newRunsBy', 'graft');
    expect(await browser.call('train', 'to-node', 3)).toMatchObject({ stopped: true });
    await toNode('to-node');
    expect(await story.resumeRun(node(), 'to-node')).toMatchObject({ stopped: false, epochs: 2 });
    await isWhole((file) => story.modelOf(node(), 'to-node', file));
  });

  it('from a browser whose own decoders read its photos is refused in Node, and goes on where it was', async () => {
    await browser.call('newRunsBy', 'browser');
    expect(await browser.call('train', 'by-browser', 3)).toMatchObject({ stopped: true });
    await toNode('by-browser');
    await expect(story.resumeRun(node(), 'by-browser')).rejects.toMatchObject({
      message: expect.stringContaining("started with photos read by a browser's decoders"),
      problem: { kind: 'other-decoder', decoder: 'browser' },
    });
    await browser.call('newRunsBy', 'graft');
    expect(await browser.call('resume', 'by-browser')).toMatchObject({ stopped: false, epochs: 2 });
    const model = await browser.call<string>('model', 'by-browser', 'last');
    expect(model).not.toBe(await story.modelOf(node(), 'whole', 'last'));
  });

  it.skipIf(!sharp)('and goes on in Node by sharp, which reads them alike', async () => {
    const bySharp: RunHost = {
      ...node(),
      decoders: ['sharp'],
      decoder: () => ({ ...inlineSource(files, decoderOf('sharp')), close: () => Promise.resolve() }),
    };
    expect(await story.resumeRun(bySharp, 'by-browser')).toMatchObject({ stopped: false });
    for (const file of ['best', 'last'] as const)
      expect(await story.modelOf(node(), 'by-browser', file)).toBe(
        await browser.call('model', 'by-browser', file),
      );
  });
});
