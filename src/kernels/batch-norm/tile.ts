/**
 * How batch norm's kernels cut a [rows, channels] matrix (rows = N·H·W) among threads. A thread keeps one vector of
 * channels and walks down some rows, so that what it knows of its channels is loaded once and no index needs a division.
 */
import { type Grid, rowOfWorkgroups, wgsl, workgroupNumber } from '../../gpu/index.ts';

/** Threads side by side, one vector of channels each. */
export const LANES = 16;
/** Threads below one another. */
export const ROW_THREADS = 8;

export const tileWorkgroup = [LANES, ROW_THREADS] as const;
export const tileBuiltins =
  '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u';

/** Workgroups over all channel vectors and `rows` rows, of which a thread treats `walk`. */
export function tileGrid(channelVectors: number, rows: number, walk: number): Grid {
  const [y, z = 1] = rowOfWorkgroups(Math.ceil(rows / (ROW_THREADS * walk)));
  return [Math.ceil(channelVectors / LANES), y, z];
}

/** WGSL of the channel vector that a thread keeps; it may lie past the last one. */
export const channelOfTile = `workgroup.x * ${LANES}u + local.x`;
/** WGSL of the number of a workgroup's block of rows; it may lie past the last one. */
export const blockOfTile = workgroupNumber('yz');

/** A pair of numbers a channel, of type `name` in WGSL, that rows are reduced to. */
export interface Reduction {
  readonly name: string;
  readonly zero: string;
  /** The fields that are written, and a WGSL function of two pairs that gives their union's. */
  readonly fields: readonly [string, string];
  readonly merge: string;
}

/**
 * How threads reduce. `shared`: those below one another merge their totals in workgroup memory, which makes a GPU's many threads
 * one part. `alone`: each is a part of its own; a barrier costs a software adapter more than the rows, since every thread's
 * registers are saved and restored there, and compiling takes two to four times as long. `narrow`: alone, in twice as many workgroups.
 */
export type Layout = 'shared' | 'alone' | 'narrow';

/** Threads side by side, one vector of channels each, and threads below one another, of a workgroup that reduces. */
export const REDUCTION = {
  shared: { lanes: LANES, threads: ROW_THREADS },
  alone: { lanes: LANES, threads: 1 },
  narrow: { lanes: LANES / 2, threads: 1 },
} as const;

/** The grid of a reduction of `parts` parts. */
export function reductionGrid(layout: Layout, channelVectors: number, parts: number): Grid {
  const [y, z = 1] = rowOfWorkgroups(parts);
  return [Math.ceil(channelVectors / REDUCTION[layout].lanes), y, z];
}

/** WGSL that writes a part's `total` to partials [parts, 2, channels]. */
export const writePartials = ({ fields }: Reduction): string => wgsl`
    let at = (params.firstPart + part) * 2u * params.channels + channel;
    partials[at] = total.${fields[0]};
    partials[at + params.channels] = total.${fields[1]};`;

/** What a kernel with `mergeThreads` in its body declares, for threads `lanes` × `threads`. */
export const reductionColumns = (
  { name }: Reduction,
  { lanes, threads }: { readonly lanes: number; readonly threads: number },
): string => (threads === 1 ? '' : `var<workgroup> columns: array<array<${name}, ${lanes}>, ${threads}>;`);

/** WGSL that merges the totals of threads below one another, then does `finish` with the `total` of each channel. */
export const mergeThreads = ({ merge }: Reduction, threads: number, finish: string): string =>
  threads === 1
    ? wgsl`
  if (channel < params.channels) {
${finish}
  }`
    : wgsl`
  columns[local.y][local.x] = total;
  workgroupBarrier();
  if (local.y == 0u && channel < params.channels) {
    for (var k = 1u; k < ${threads}u; k++) { total = ${merge}(total, columns[k][local.x]); }
${finish}
  }`;

/** Rows whose sums are added up before they are added to those of the others: f32 then loses little, however many there are. */
const BLOCK = 32;

/**
 * WGSL of a workgroup that reduces `params.walk` rows a thread, in blocks: `begin` declares what `row` adds element `i` to, `value` is
 * what that comes to for the `count` rows of a block, `next` prepares the next one, and `finish` does with the `total` of a channel what is to be done. One load at a
 * time: what waits for it is hidden by other threads on a GPU, and more of them in the loop slow a software adapter down.
 */
export const reduceRows = (
  reduction: Reduction,
  layout: Layout,
  {
    setup,
    ...block
  }: Readonly<Record<'setup' | 'begin' | 'row' | 'value' | 'finish', string>> & { readonly next?: string },
): string => {
  const { lanes, threads } = REDUCTION[layout];
  return wgsl`
  let channel = workgroup.x * ${lanes}u + local.x;
  let part = ${blockOfTile};
  // Threads past the last channel repeat it: all must reach the barrier.
  let column = min(channel, params.channels - 1u);
  var total = ${reduction.zero};
  let first = (part * ${threads}u + local.y) * params.walk;
  var i = first * params.channels + column;
${setup}
  let end = min(first + params.walk, params.rows);
  for (var row = first; row < end; row += ${BLOCK}u) {
    let count = min(end - row, ${BLOCK}u);
${block.begin}
    for (var k = 0u; k < count; k++) {
${block.row}
      i += params.channels;
    }
    total = ${reduction.merge}(total, ${block.value});
${block.next ?? ''}
  }
${mergeThreads(reduction, threads, block.finish)}`;
};

/** WGSL of a thread that does `row` with each element `i` of its channel in its `params.walk` rows, after `setup`. */
export const walkRows = (setup: string, row: string): string => wgsl`
  let channel = ${channelOfTile};
  if (channel >= params.channels) { return; }
  let first = (${blockOfTile} * ${ROW_THREADS}u + local.y) * params.walk;
${setup}
  let end = min(first + params.walk, params.rows);
  var i = first * params.channels + channel;
  for (var row = first; row < end; row++) {
${row}
    i += params.channels;
  }`;
