// One run, two faces: the same story is told in Node over plain memory, and in headless Chromium over the origin's storage, in a
// dedicated worker and across reloads of its page. Neither knows of a terminal.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../src/gpu/index.ts';
import { MemoryStore } from '../../src/run/store/memory.ts';
import { hasBrowser, TestBrowser } from '../browser/harness.ts';
import { testGpu } from '../support/gpu.ts';
import { memoryHost } from './memory-host.ts';
import * as story from './story.ts';

/** A face in which the story is told; `kill` ends it wherever it is, and begins it anew with what it has stored. */
interface Face {
  train(name: string, stopAfter?: number): Promise<story.Chapter>;
  resume(name: string): Promise<story.Chapter>;
  trainUntilKilled(name: string, steps: number): Promise<unknown>;
  model(name: string, file: 'best' | 'last'): Promise<string>;
  text(name: string, file: 'report' | 'csv' | 'config'): Promise<string>;
  judge(name: string): Promise<Awaited<ReturnType<typeof story.judgeRun>>>;
  answers(name: string): ReturnType<typeof story.answersOf>;
  refusals(): Promise<readonly string[]>;
  /** How many buffers there are on the GPU, once nothing is at work. */
  buffers(): Promise<number>;
  kill(): Promise<void>;
  close(): Promise<void>;
}

async function buffersOf(gpu: Gpu): Promise<number> {
  await gpu.finish();
  return gpu.statistics.buffers;
}

/** Plain memory in this process. What is killed goes on unseen, on a store that nobody looks at any more. */
async function memoryFace(): Promise<Face> {
  const gpu = await testGpu();
  const files = await story.storyFiles(gpu);
  let store = new MemoryStore();
  let running = new AbortController();
  const host = () => memoryHost(gpu, files, store);
  let killed: Promise<unknown> = Promise.resolve();
  return {
    train: (name, stopAfter) => story.trainRun(host(), name, stopAfter),
    resume: (name) => story.resumeRun(host(), name),
    model: (name, file) => story.modelOf(host(), name, file),
    text: (name, file) => story.textOf(host(), name, file),
    judge: (name) => story.judgeRun(host(), name),
    answers: (name) => story.answersOf(host(), name),
    refusals: () => story.refusals(host()),
    buffers: () => buffersOf(gpu),
    trainUntilKilled(name, steps) {
      running = new AbortController();
      const { signal } = running;
      return new Promise<void>((resolve, reject) => {
        let done = 0;
        killed = story
          .trainUntilKilled(host(), name, () => {
            signal.throwIfAborted();
            if (++done === steps) resolve();
          })
          .catch(reject);
      });
    },
    async kill() {
      store = store.copy();
      running.abort();
      await killed;
    },
    close: () => Promise.resolve(),
  };
}

async function browserFace(): Promise<Face> {
  const browser = await TestBrowser.open({
    worker: 'test/two-faces/worker.ts',
    modules: { decode: 'src/platform/web/decode-worker.ts' },
  });
  return {
    train: (name, stopAfter) => browser.call('train', name, stopAfter),
    resume: (name) => browser.call('resume', name),
    model: (name, file) => browser.call('model', name, file),
    text: (name, file) => browser.call('text', name, file),
    judge: (name) => browser.call('judge', name),
    answers: (name) => browser.call('answers', name),
    refusals: () => browser.call('refusals'),
    buffers: () => browser.call('buffers'),
    trainUntilKilled: (name, steps) => browser.call('trainUntilKilled', name, steps),
    kill: () => browser.reopen(),
    close: () => browser.close(),
  };
}

const faces: readonly (readonly [string, () => Promise<Face>])[] = [
  ['in memory', memoryFace],
  ...(hasBrowser('a run in a browser') ? [['in a browser', browserFace] as const] : []),
];

describe.each(faces)('a run %s', (_name, open) => {
  let face: Face;
  beforeAll(async () => {
    face = await open();
  });
  afterAll(() => face.close());

  it('trains to its end, and tells of it', async () => {
    const { stopped, epochs, told } = await face.train('whole');
    expect({ stopped, epochs }).toEqual({ stopped: false, epochs: 2 });
    for (const kind of ['device', 'reading', 'photos', 'chosen', 'phase', 'step', 'epoch', 'ended'])
      expect(told).toContain(kind);
    expect(JSON.parse(await face.text('whole', 'config'))).toMatchObject({ tune: 'layer4.1', size: 32 });
  });

  it('that is stopped goes on to the same bits', async () => {
    expect(await face.train('stopped', 3)).toMatchObject({ stopped: true });
    expect(await face.resume('stopped')).toMatchObject({ stopped: false, epochs: 2 });
    for (const file of ['best', 'last'] as const)
      expect(await face.model('stopped', file), file).toBe(await face.model('whole', file));
  });

  it('whose page is reloaded goes on to the same bits', async () => {
    await face.trainUntilKilled('killed', 3);
    await face.kill();
    expect(await face.resume('killed')).toMatchObject({ stopped: false, epochs: 2 });
    for (const file of ['best', 'last'] as const)
      expect(await face.model('killed', file), file).toBe(await face.model('whole', file));
    const epochs = (csv: string) => csv.split('\n').map((line) => line.split(',').slice(0, 5));
    expect(epochs(await face.text('killed', 'csv'))).toEqual(epochs(await face.text('whole', 'csv')));
  });

  it('is evaluated, predicts, and leaves a report', async () => {
    const { counts, classes, ranked, shares, mistakes } = await face.judge('whole');
    expect(classes).toEqual(['blue', 'red']);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(mistakes).toBe((counts[1] ?? 0) + (counts[2] ?? 0));
    expect(ranked).toEqual(['blue', 'red']);
    expect(shares).toBeCloseTo(1, 5);
    const report = await face.text('whole', 'report');
    expect(report).toMatch(/^<!doctype html>/i);
    expect(report).toContain('open ');
  });

  it("keeps its model's answers to the photos set aside, and gets them again", async () => {
    const [kept, again] = await face.answers('whole');
    expect(kept).toMatchObject({ classes: ['blue', 'red'], actual: [0, 1] });
    expect(kept?.files).toEqual([
      expect.stringMatching(/^blue\/\d\.png$/),
      expect.stringMatching(/^red\/\d\.png$/),
    ]);
    const { confidence, ...rest } = again ?? {};
    expect(kept).toMatchObject(rest);
    // The same network on the same pixels, in batches of other sizes, whose sums are ordered otherwise.
    confidence?.forEach((share, i) => expect(share).toBeCloseTo(kept?.confidence[i] ?? NaN, 4));
  });

  it('gives the memory of the GPU back', async () => {
    await face.train('first', 1);
    const before = await face.buffers();
    await face.train('second', 1);
    expect(await face.buffers()).toBe(before);
    const [noPart, noNames] = await face.refusals();
    expect(noPart).toContain('"layer9" is not a part of the network');
    expect(noNames).toContain('does not name them');
    expect(await face.buffers()).toBe(before);
  });

  it('is written by one at a time, and not begun over another', async () => {
    await expect(face.train('whole')).rejects.toThrow(/is not empty/);
    await expect(face.resume('none')).rejects.toThrow(/There is no run/);
  });
});
