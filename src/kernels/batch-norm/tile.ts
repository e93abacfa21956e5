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

/** What a kernel with `reduceRows` as its body declares. */
export const reductionColumns = ({ name }: Reduction): string =>
  `var<workgroup> columns: array<array<${name}, ${LANES}>, ${ROW_THREADS}>;`;

/** WGSL that writes a part's `total` to partials [parts, 2, channels]. */
export const writePartials = ({ fields }: Reduction): string => wgsl`
    let at = (params.firstPart + part) * 2u * params.channels + channel;
    partials[at] = total.${fields[0]};
    partials[at + params.channels] = total.${fields[1]};`;

/**
 * WGSL of a workgroup that reduces `params.walk` rows a thread: `row` adds element `i` to `total`, and `finish` does with the
 * `total` of a channel what is to be done. One load at a time: what waits for it is hidden by other threads on a GPU, and more of
 * them in the loop slow a software adapter down.
 */
export const reduceRows = (
  { name, zero, merge }: Reduction,
  { setup = '', row, finish }: { readonly setup?: string; readonly row: string; readonly finish: string },
): string => wgsl`
  let channel = ${channelOfTile};
  let part = ${blockOfTile};
  // Threads past the last channel repeat it: all must reach the barrier.
  let column = min(channel, params.channels - 1u);
  var total: ${name} = ${zero};
  let first = (part * ${ROW_THREADS}u + local.y) * params.walk;
${setup}
  let end = min(first + params.walk, params.rows);
  var i = first * params.channels + column;
  for (var row = first; row < end; row++) {
${row}
    i += params.channels;
  }
  columns[local.y][local.x] = total;
  workgroupBarrier();
  if (local.y == 0u && channel < params.channels) {
    for (var k = 1u; k < ${ROW_THREADS}u; k++) { total = ${merge}(total, columns[k][local.x]); }
${finish}
  }`;

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
