/** The story's host in this process: photos and runs in memory, decoding in this thread, the tests' adapter. */
import { createHash } from 'node:crypto';
import { inlineSource, type FileSystem } from '../../src/data/index.ts';
import type { Gpu } from '../../src/gpu/index.ts';
import type { RunHost } from '../../src/run/host.ts';
import { readBytes } from '../../src/run/model/weights-file.ts';
import type { RunStore } from '../../src/run/store/store.ts';
import { WEIGHTS } from './story.ts';

export const memoryHost = (gpu: Gpu, files: FileSystem, store: RunStore): RunHost => ({
  ...{ files, store, version: 'test' },
  weights: { shipped: WEIGHTS, find: (name) => readBytes(files, name) },
  openGpu: () => Promise.resolve({ gpu, name: 'test adapter' }),
  decoders: ['graft'],
  decoder: () => ({ ...inlineSource(files), close: () => Promise.resolve() }),
  sha256() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  },
  drawings: () => Promise.reject(new Error('no drawings')),
  plots: () => Promise.resolve({ script: '', style: '' }),
});
