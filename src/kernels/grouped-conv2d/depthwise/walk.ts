/**
 * How the depthwise kernels cut their work. A thread has one vector of channels; threads side by side have neighbouring ones, so that
 * all they load and store lies in a row, whatever the number of channels. It takes `down` blocks of rows one below the other
 * and walks along a run of columns in each. Every column that it meets is multiplied by all taps that see it, and the sums that need
 * later columns too are handed on: so a column is loaded once, and rows that a block's windows share are, too.
 */
import { rowOfWorkgroups, wgsl, workgroupNumber, type Gpu, type Grid } from '../../../gpu/index.ts';
import { walkLength } from '../../walk.ts';

export const THREADS = 64;
export const builtins =
  '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32';

/** Sizes that are fixed in a kernel's text; its taps are written out. */
export interface Taps {
  readonly r: number;
  readonly s: number;
  readonly strideY: number;
  readonly strideX: number;
}

/** How many columns of outputs after the one that a window begins in it ends in: so many sums of a row are under way at once. */
export const lagOf = ({ s, strideX }: Pick<Taps, 's' | 'strideX'>): number => Math.ceil(s / strideX) - 1;

export const walkParams = {
  /** Of x. */
  height: 'u32',
  width: 'u32',
  /** Of y. */
  outHeight: 'u32',
  outWidth: 'u32',
  /** Vectors of channels. */
  channels: 'u32',
  /** Padding. */
  top: 'i32',
  left: 'i32',
  /** Threads in all; blocks of rows in an image; blocks that a thread takes; columns of a row, runs of them, and columns of a run. */
  threads: 'u32',
  rowBlocks: 'u32',
  down: 'u32',
  columns: 'u32',
  runs: 'u32',
  walk: 'u32',
} as const;

/** WGSL that finds a thread's `channel`, the `first` column of its run, its `image` and its blocks of rows, and ends threads without. */
export const placeOfThread = wgsl`
  let item = ${workgroupNumber()} * ${THREADS}u + thread;
  if (item >= params.threads) { return; }
  let channel = item % params.channels;
  let place = item / params.channels;
  let first = place % params.runs * params.walk;
  let across = place / params.runs;
  let downs = (params.rowBlocks + params.down - 1u) / params.down;
  let image = across / downs;
  let firstBlock = across % downs * params.down;
  let endBlock = min(firstBlock + params.down, params.rowBlocks);`;

/** The parameters for `images` images of `rowBlocks` blocks and `columns` columns, and the grid. */
export function cut(
  gpu: Gpu,
  {
    images,
    rowBlocks,
    columns,
    channels,
  }: Readonly<Record<'images' | 'rowBlocks' | 'columns' | 'channels', number>>,
): {
  readonly params: Readonly<Record<'threads' | 'rowBlocks' | 'down' | 'columns' | 'runs' | 'walk', number>>;
  readonly grid: Grid;
} {
  const steps = walkLength(gpu, images * rowBlocks * columns * channels);
  const runs = Math.ceil(columns / Math.min(columns, steps));
  const walk = Math.ceil(columns / runs);
  const down = Math.min(rowBlocks, Math.max(1, Math.floor(steps / walk)));
  const threads = images * Math.ceil(rowBlocks / down) * runs * channels;
  return {
    params: { threads, rowBlocks, down, columns, runs, walk },
    grid: rowOfWorkgroups(Math.ceil(threads / THREADS)),
  };
}
