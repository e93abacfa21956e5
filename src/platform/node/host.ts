// What a run needs, in Node: folders, worker threads, caches and the adapter that fits this machine.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inlineSource } from '../../data/index.ts';
import { adapterIdentity } from '../../gpu/index.ts';
import type { AutotuneTable } from '../../kernels/autotune/table.ts';
import type { Decoder, OpenedGpu, RunHost } from '../../run/host.ts';
import type { RunsHost } from '../../run/runs.ts';
import { readBytes } from '../../run/model/weights-file.ts';
import { openAdapter } from './adapter.ts';
import { findAutotuned } from './autotune-file.ts';
import { nodeDecodePool } from './decode-pool.ts';
import { openEmojiSet } from './emoji.ts';
import { nodeFiles } from './files.ts';
import { openFeatureStore } from './feature-store.ts';
import { createGpu } from './gpu.ts';
import { graftVersion, packageFile } from './package.ts';
import { decoderOf, decodersHere } from './photos/decoders.ts';
import { foldersOfRuns, folderStore } from './run-store.ts';
import { openScratch } from './scratch.ts';
import { resolveWeights } from './weights-cache.ts';

/** Weights that come with graft: a network that it trained itself on small drawings. */
const SHIPPED = packageFile('weights/resnet18-emoji.safetensors');

/** Fewer photos than this are decoded before a thread has started. */
const WORTH_A_POOL = 4;

export interface NodeHostOptions {
  /** Called if what was measured on this adapter cannot be used, with the reason. */
  readonly onBadAutotuned: (reason: string) => void;
  /** The process's device, where it has one already. */
  readonly openGpu?: RunHost['openGpu'] | undefined;
}

/** What `src/run` needs, with all that it may have. */
export type NodeHost = RunHost & RunsHost & Required<Pick<RunHost, 'plots'>>;

/** The host of runs in this process; runs are kept in `runs` in the current folder. */
export function nodeHost(options: NodeHostOptions): NodeHost {
  return {
    version: graftVersion(),
    files: nodeFiles,
    store: folderStore(),
    runs: () => foldersOfRuns(),
    weights: {
      shipped: SHIPPED,
      async find(name, { isQuick, signal, onProgress }) {
        const download = isQuick ? 'quick' : 'yes';
        return readBytes(nodeFiles, await resolveWeights(name, { download, signal, onProgress }));
      },
    },
    openGpu: options.openGpu ?? (() => openGpu(options)),
    memoryBytes: memoryHere(),
    openScratch: () => openScratch(),
    openFeatures: () => openFeatureStore(),
    get decoders() {
      return decodersHere(); // which loads a library: not before it is asked for
    },
    decoder: (photos, decoder = decodersHere()[0]): Decoder =>
      photos >= WORTH_A_POOL
        ? nodeDecodePool({ decoder })
        : { ...inlineSource(nodeFiles, decoderOf(decoder)), close: () => Promise.resolve() },
    sha256() {
      const hash = createHash('sha256');
      return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
    },
    async drawings() {
      const [train, valid] = [await openEmojiSet('google'), await openEmojiSet('twitter')];
      return { train, valid, root: resolve(train.dir, PACKAGES) };
    },
    async plots() {
      const read = (name: string) =>
        readFile(fileURLToPath(import.meta.resolve(`uplot/dist/${name}`)), 'utf8');
      return { script: await read('uPlot.iife.min.js'), style: await read('uPlot.min.css') };
    },
  };
}

/** The memory of this machine, or of the container that the process is held to. */
function memoryHere(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}

/** From a set's pictures, such as emoji-datasource-google/img/google/64, to where all packages lie. */
const PACKAGES = '../../../..';

/** Opens this machine's best adapter, or the one that `want` names; rejects with `AdapterError` if there is none. */
export async function openGpu({
  onBadAutotuned,
  want,
}: NodeHostOptions & { readonly want?: string }): Promise<OpenedGpu> {
  const opened = await openAdapter(want === undefined ? {} : { want });
  const { adapter, choice } = opened;
  const gpu = await createGpu(opened, { autotuned: await autotunedOf(adapter.info, onBadAutotuned) });
  const { device, description } = adapter.info;
  const slow = `${choice.kind}, on the CPU (npm run doctor says what would be faster)`;
  return { gpu, name: choice.software ? slow : device || description };
}

/** What was measured on an adapter; undefined, and reported, if the file is unusable. */
async function autotunedOf(
  info: GPUAdapterInfo,
  onBadAutotuned: NodeHostOptions['onBadAutotuned'],
): Promise<AutotuneTable | undefined> {
  try {
    return (await findAutotuned(adapterIdentity(info)))?.table;
  } catch (error) {
    onBadAutotuned(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
