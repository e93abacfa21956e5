// The story in a dedicated worker of a browser: the origin's private storage, workers that decode, the browser's GPU.
import { openAdapter } from '../../src/platform/web/adapter.ts';
import { createGpu } from '../../src/platform/web/gpu.ts';
import { webHost } from '../../src/platform/web/host.ts';
import { fileTree } from '../../src/data/file-tree.ts';
import type { DecoderName } from '../../src/data/index.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import type { RunHost } from '../../src/run/host.ts';
import { readBytes } from '../../src/run/model/weights-file.ts';
import { trainThroughLoss } from '../../src/run/through-loss.ts';
import { answer } from '../browser/worker.ts';
import { filesOf, keepFiles } from './carrying.ts';
import * as story from './story.ts';

let made: Promise<RunHost> | undefined;
let gpu: Gpu | undefined;
/** By path, in base64. */
let photos: Readonly<Record<string, string>> | undefined;
/** Node's, so that both faces see the same pixels. */
let decoder: DecoderName = 'graft';

async function makeHost(): Promise<RunHost> {
  const all = await story.storyFiles(await createGpu(await openAdapter()));
  const files = photos
    ? fileTree([
        ...Object.entries(photos).map(
          ([path, text]) => [path, () => Promise.resolve(fromBase64(text))] as const,
        ),
        [story.WEIGHTS, () => all.read(story.WEIGHTS)],
      ])
    : all;
  const host = webHost({
    files,
    decoder,
    version: 'test',
    weights: { shipped: story.WEIGHTS, find: (name) => readBytes(files, name) },
    plots: () => Promise.resolve({ script: '', style: '' }),
    startDecodeWorker: () => new Worker('/decode.mjs', { type: 'module' }),
  });
  return {
    ...host,
    async openGpu() {
      const opened = await host.openGpu();
      ({ gpu } = opened);
      return opened;
    },
  };
}
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
let reached: () => void;
const isReached = new Promise<void>((resolve) => (reached = resolve));

const host = () => (made ??= makeHost());

answer({
  /** Other photos than the story's, from now on. */
  photosAre(given: typeof photos) {
    photos = given;
    made = undefined;
  },
  newRunsBy(name: DecoderName) {
    decoder = name;
    made = undefined;
  },
  /** Leaves a run's files at a ferry, and tells their names. */
  async leave(url: string, name: string) {
    const files = await filesOf(await host(), name);
    for (const [file, bytes] of files) await fetch(url + file, { method: 'POST', body: new Blob([bytes]) });
    return [...files.keys()];
  },
  /** Makes a run of files that were left there. */
  async take(url: string, name: string, names: readonly string[]) {
    const files = new Map<string, Uint8Array>();
    for (const file of names) files.set(file, new Uint8Array(await (await fetch(url + file)).arrayBuffer()));
    await keepFiles(await host(), name, files);
  },
  train: async (name: string, stopAfter?: number) => story.trainRun(await host(), name, stopAfter),
  resume: async (name: string) => story.resumeRun(await host(), name),
  model: async (name: string, file: 'best' | 'last') => story.modelOf(await host(), name, file),
  text: async (name: string, file: 'report' | 'csv' | 'config') => story.textOf(await host(), name, file),
  answers: async (name: string) => story.answersOf(await host(), name),
  refusals: async () => story.refusals(await host()),
  async buffers() {
    await gpu?.finish();
    return gpu?.statistics.buffers;
  },
  judge: async (name: string) => story.judgeRun(await host(), name),
  /** Trains to its end whatever becomes of the device; `reached` resolves after so many steps. */
  async trainThroughLoss(name: string, steps: number) {
    let [losses, done] = [0, 0];
    const result = await trainThroughLoss(await host(), story.request({ name, checkpointSeconds: 0 }), {
      signal: new AbortController().signal,
      tell({ kind }) {
        if (kind === 'device-lost') losses++;
        if (kind === 'step' && ++done === steps) reached();
      },
    });
    return { kind: result.kind, losses };
  },
  reached: () => isReached,
  /** Resolves after so many steps, and trains on. */
  trainUntilKilled: async (name: string, steps: number) => {
    const host_ = await host();
    return new Promise<void>((resolve, reject) => {
      let done = 0;
      story.trainUntilKilled(host_, name, () => ++done === steps && resolve()).catch(reject);
    });
  },
});
