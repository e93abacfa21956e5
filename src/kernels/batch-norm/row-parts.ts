/** How the rows of a reduction over [rows, channels] are shared out among workgroups, and among bindings. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { bindingChunks } from '../chunks.ts';
import { widthOf } from '../vectors.ts';
import { type Grouping, REDUCTION } from './tile.ts';

/**
 * Workgroups that keep the machine busy, the rows that a thread may walk where one part saves the pass that merges parts, and
 * those that it may walk in a part. A GPU waits for one row after the other. On a software adapter a dispatch costs as much as
 * loading some thousand rows, and the rows that neighbouring workgroups share should still be in a core's cache.
 */
const GPU = {
  whole: 'shared',
  part: 'shared',
  workgroups: 512,
  longest: 8,
  longestOfPart: Infinity,
} as const;
const SOFTWARE = {
  whole: 'narrow',
  part: 'alone',
  workgroups: 32,
  longest: 8192,
  longestOfPart: 512,
} as const;
/** With such a number of rows, parts begin where bindings may, whatever the channels. */
const ALIGNED = 64;

export interface Parts {
  readonly grouping: Grouping;
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
  const machine = software ? SOFTWARE : GPU;
  const whole = Math.ceil(rows / REDUCTION[machine.whole].threads);
  const fits = rows * channels * 4 <= maxBindingBytes;
  if (whole <= machine.longest && fits)
    return { grouping: machine.whole, walk: whole, rowsPerPart: rows, parts: 1 };
  const grouping = machine.part;
  const { lanes, threads } = REDUCTION[grouping];
  const across = Math.ceil(channels / widthOf(channels) / lanes);
  const down = Math.max(1, Math.floor(machine.workgroups / across));
  const least = Math.ceil(rows / threads / down);
  const aligned = fits ? 1 : ALIGNED / threads;
  const walk = Math.ceil(least / aligned) * aligned;
  const rowsPerPart = Math.min(walk, machine.longestOfPart) * threads;
  return { grouping, walk: rowsPerPart / threads, rowsPerPart, parts: Math.ceil(rows / rowsPerPart) };
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
