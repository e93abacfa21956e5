/** How the rows of a reduction over [rows, channels] are shared out among workgroups, and among bindings. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { bindingChunks } from '../chunks.ts';
import { widthOf } from '../vectors.ts';
import { LANES, ROW_THREADS } from './tile.ts';

/**
 * Workgroups that keep the machine busy, and the rows that a thread may walk where one part saves the pass that merges
 * parts. Software adapters spend their time at the barriers of many workgroups; a GPU waits for one row after the other.
 */
const GPU = { workgroups: 512, longest: 8 };
const SOFTWARE = { workgroups: 32, longest: 256 };
/** With such a number of rows a thread, parts begin where bindings may, whatever the channels. */
const ALIGNED = 8;

export interface Parts {
  /** Rows that one thread reduces. */
  readonly walk: number;
  /** Rows that one workgroup reduces. */
  readonly rowsPerPart: number;
  readonly parts: number;
}

/** One part if its rows are few, else parts of as many rows as leave enough workgroups. */
export function partsOf(
  { software, maxBindingBytes }: Pick<Gpu, 'software' | 'maxBindingBytes'>,
  rows: number,
  channels: number,
): Parts {
  const { workgroups, longest } = software ? SOFTWARE : GPU;
  const whole = Math.ceil(rows / ROW_THREADS);
  if (whole <= longest && rows * channels * 4 <= maxBindingBytes)
    return { walk: whole, rowsPerPart: whole * ROW_THREADS, parts: 1 };
  const across = Math.ceil(channels / widthOf(channels) / LANES);
  const down = Math.max(1, Math.floor(workgroups / across));
  const least = Math.ceil(whole / down);
  const walk = least < ALIGNED ? least : Math.ceil(least / ALIGNED) * ALIGNED;
  const rowsPerPart = walk * ROW_THREADS;
  return { walk, rowsPerPart, parts: Math.ceil(rows / rowsPerPart) };
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
  const { rowsPerPart, parts } = partsOf(gpu, rows, channels);
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
