/** How the rows of a reduction over [rows, channels] are shared out among workgroups, and among bindings. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { bindingChunks } from '../chunks.ts';
import { widthOf } from '../vectors.ts';
import { BLOCK, LANES } from './tile.ts';

/** Workgroups that keep a GPU busy; with more of them a software adapter spends its time at their barriers. */
const WORKGROUPS = 128;

export interface Parts {
  /** Blocks of rows that one workgroup reduces. */
  readonly blocks: number;
  readonly rowsPerPart: number;
  readonly parts: number;
}

/** Parts of as many rows as leave enough workgroups. */
export function partsOf(rows: number, channels: number): Parts {
  const across = Math.ceil(channels / widthOf(channels) / LANES);
  const blocks = Math.max(1, Math.floor((Math.ceil(rows / BLOCK) * across) / WORKGROUPS));
  const rowsPerPart = blocks * BLOCK;
  return { blocks, rowsPerPart, parts: Math.ceil(rows / rowsPerPart) };
}

/** A run of rows that is bound at once. */
export interface RowChunk {
  readonly firstPart: number;
  readonly parts: number;
  readonly rows: number;
  /** The chunk's part of a [rows, channels] storage. */
  slice(storage: Storage): Storage;
}

/** Splits a reduction's rows, between parts, into chunks that fit a binding. */
export function partChunks(gpu: Gpu, rows: number, channels: number): RowChunk[] {
  const { rowsPerPart, parts } = partsOf(rows, channels);
  const bytes = rowsPerPart * channels * 4;
  const items = rows <= rowsPerPart ? rows * channels * 4 : bytes;
  return bindingChunks(gpu, parts, items).map(({ first, count }) => {
    const chunkRows = Math.min(count * rowsPerPart, rows - first * rowsPerPart);
    return {
      firstPart: first,
      parts: count,
      rows: chunkRows,
      slice: (storage) => storage.slice(first * bytes, chunkRows * channels * 4),
    };
  });
}

/** Splits the rows of an elementwise pass into chunks that fit a binding. */
export function rowChunks(gpu: Gpu, rows: number, channels: number): Omit<RowChunk, 'firstPart' | 'parts'>[] {
  return bindingChunks(gpu, rows, channels * 4).map(({ first, count }) => ({
    rows: count,
    slice: (storage) => storage.slice(first * channels * 4, count * channels * 4),
  }));
}
