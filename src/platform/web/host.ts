// What a run needs, in a dedicated worker of a browser: picked files, workers that decode, the origin's storage and the
// browser's GPU. What a site keeps at addresses of its own, weights and plots, the site hands in.
import { sha256 as begin } from '@noble/hashes/sha2.js';
import { DataError } from '../../data/index.ts';
import type { DecoderName, FileSystem } from '../../data/index.ts';
import type { Hasher, OpenedGpu, RunHost } from '../../run/host.ts';
import type { RunStore } from '../../run/store/store.ts';
import { factsOf, openAdapter } from './adapter.ts';
import { webDecodePool } from './decode-pool.ts';
import { opfsStore } from './run-store.ts';

export interface WebHostOptions extends Required<Pick<RunHost, 'version' | 'weights' | 'plots'>> {
  /** The files that the user picked, by path. */
  readonly files: FileSystem;
  /** Starts decode-worker.ts as a worker from a file of its own, as a strict content security policy requires. */
  readonly startDecodeWorker: () => Worker;
  /** What reads the photos of new runs; by default the browser's own decoders. */
  readonly decoder?: DecoderName;
  /** The drawings that the site brings along, if any. */
  readonly drawings?: RunHost['drawings'];
  /** Where runs are kept; by default the origin's own. */
  readonly store?: RunStore;
  /** The worker's device, `keptGpu`, where several hosts share one. */
  readonly openGpu?: RunHost['openGpu'];
}

/** One device for all runs of a worker, opened on first use, and again if it was lost or could not be opened. */
export function keptGpu(): () => Promise<OpenedGpu> {
  let kept: Promise<OpenedGpu> | undefined;
  const open = async (): Promise<OpenedGpu> => {
    const adapter = await openAdapter();
    const { createGpu } = await import('./gpu.ts');
    const gpu = await createGpu(adapter);
    void gpu.lost.then(() => (kept = undefined));
    return { gpu, name: factsOf(adapter).name };
  };
  return () =>
    (kept ??= open().catch((error: unknown) => {
      kept = undefined;
      throw error;
    }));
}

/** Begins a checksum: WebCrypto cannot take a file in pieces. */
export function sha256(): Hasher {
  const hash = begin.create();
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}

/** Main memory, of which some browsers tell: rounded, and no more than 8 GiB or so. */
function memoryHere(): number | undefined {
  const { deviceMemory } = navigator as { readonly deviceMemory?: number };
  return deviceMemory === undefined ? undefined : deviceMemory * 2 ** 30;
}

/** The host of runs in this worker; runs are kept in the origin's private storage. */
export function webHost(options: WebHostOptions): RunHost {
  const { files, startDecodeWorker, version, weights, plots, decoder = 'browser' } = options;
  return {
    ...{ files, version, weights, plots },
    store: options.store ?? opfsStore(),
    drawings:
      options.drawings ??
      (() => Promise.reject(new DataError('There are no drawings here: give your own photos.'))),
    openGpu: options.openGpu ?? keptGpu(),
    memoryBytes: memoryHere(),
    decoders: decoder === 'browser' ? ['browser', 'graft'] : ['graft', 'browser'],
    decoder: (_, name = decoder) => webDecodePool(files, startDecodeWorker, name),
    sha256,
  };
}
