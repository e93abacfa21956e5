/**
 * How batch norm's kernels cut a [rows, channels] matrix (rows = N·H·W) among threads. A thread keeps one vector of
 * channels and walks down 4 rows, so that what it knows of its channels is loaded once and no index needs a division.
 */
import { type Grid, rowOfWorkgroups, workgroupNumber } from '../../gpu/index.ts';

/** Threads side by side, one vector of channels each. */
export const LANES = 16;
/** Threads below one another. */
export const ROW_THREADS = 8;
/** Rows in succession that a thread treats: 8 are slower on lavapipe, and take it twice as long to compile. */
export const ROWS = 4;
/** Rows of a workgroup's block. */
export const BLOCK = ROW_THREADS * ROWS;

export const tileWorkgroup = [LANES, ROW_THREADS] as const;
export const tileBuiltins =
  '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u';

/** Workgroups over all channel vectors and `blocks` blocks of rows; a kernel's block is `blockOfTile`. */
export function tileGrid(channelVectors: number, blocks: number): Grid {
  const [y, z = 1] = rowOfWorkgroups(blocks);
  return [Math.ceil(channelVectors / LANES), y, z];
}

/** WGSL of the channel vector that a thread keeps; it may lie past the last one. */
export const channelOfTile = `workgroup.x * ${LANES}u + local.x`;
/** WGSL of the number of a workgroup's block of rows; it may lie past the last one. */
export const blockOfTile = workgroupNumber('yz');
