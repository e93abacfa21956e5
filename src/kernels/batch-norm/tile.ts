/**
 * How batch norm's kernels cut a [rows, channels] matrix (rows = N·H·W) among threads. A thread keeps one vector of
 * channels and walks down some rows, so that what it knows of its channels is loaded once and no index needs a division.
 */
import { type Grid, rowOfWorkgroups, when, workgroupNumber } from '../../gpu/index.ts';

/** Threads side by side, one vector of channels each. */
export const LANES = 16;
/** Threads below one another. */
export const ROW_THREADS = 8;

export const tileWorkgroup = [LANES, ROW_THREADS] as const;
export const tileBuiltins =
  '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u';

/** Workgroups over all channel vectors and `rows` rows; a thread processes `walk` rows. */
export function tileGrid(channelVectors: number, rows: number, walk: number): Grid {
  const [y, z = 1] = rowOfWorkgroups(Math.ceil(rows / (ROW_THREADS * walk)));
  return [Math.ceil(channelVectors / LANES), y, z];
}

/** WGSL of the channel vector that a thread keeps; it may lie past the last one. */
export const channelOfTile = `workgroup.x * ${LANES}u + local.x`;
/** WGSL of the number of a workgroup's block of rows; it may lie past the last one. */
export const blockOfTile = workgroupNumber('yz');

/**
 * How threads that reduce the rows of a channel are grouped. `shared`: those below one another merge their totals in workgroup memory,
 * which makes a GPU's many threads one part. `alone`: each is a part of its own; a barrier costs a software adapter more than the rows,
 * since every thread's registers are saved and restored there, and compiling takes two to four times as long. `narrow`: alone, in twice
 * as many workgroups.
 */
export type Grouping = 'shared' | 'alone' | 'narrow';

/** Threads side by side, one vector of channels each, and threads below one another, of a workgroup that reduces. */
export const REDUCTION = {
  shared: { lanes: LANES, threads: ROW_THREADS },
  alone: { lanes: LANES, threads: 1 },
  narrow: { lanes: LANES / 2, threads: 1 },
} as const;

/** The grid of a reduction of `parts` parts. */
export function reductionGrid(grouping: Grouping, channelVectors: number, parts: number): Grid {
  const [y, z = 1] = rowOfWorkgroups(parts);
  return [Math.ceil(channelVectors / REDUCTION[grouping].lanes), y, z];
}

/** Channels and parts that a workgroup of a kernel that merges parts works on at a time. */
export const mergeWorkgroup = (grouping: Grouping) =>
  ({ lanes: 8, threads: grouping === 'shared' ? 16 : 1 }) as const;

/**
 * Rows whose sums are added up before they are added to those of the others: f32 then loses little, however many there are. They are
 * loaded one at a time: what waits for a load is hidden by other threads on a GPU, and more loads in the loop slow a software adapter down.
 */
export const BLOCK = 32;

/**
 * The pieces of WGSL by which threads below one another merge their `total`s, of type `type`, into the first one's; all empty if a
 * thread is alone. `merge` names the function that makes one total of two.
 */
export function mergeOfThreads(
  { type, merge }: { readonly type: string; readonly merge: string },
  { lanes, threads }: { readonly lanes: number; readonly threads: number },
) {
  const several = threads > 1;
  return {
    /** Before `main`: the workgroup's memory. */
    declaration: when(several, `var<workgroup> columns: array<array<${type}, ${lanes}>, ${threads}>;`),
    /** Each thread shows its total to the others; all must come here. */
    share: when(several, 'columns[local.y][local.x] = total;\n  workgroupBarrier();'),
    /** Goes before another condition: that this thread is the first of its column. */
    isFirst: when(several, 'local.y == 0u && '),
    /** Adds the others' totals to the first one's. */
    collect: when(
      several,
      `for (var k = 1u; k < ${threads}u; k++) { total = ${merge}(total, columns[k][local.x]); }`,
    ),
  };
}
