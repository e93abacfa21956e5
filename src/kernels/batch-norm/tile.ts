/**
 * How batch norm's kernels cut a [rows, channels] matrix (rows = N·H·W) among threads. A thread keeps one vector of
 * channels and walks down some rows, so that what it knows of its channels is loaded once and no index needs a division.
 */
import { type Grid, rowOfWorkgroups, wgsl } from '../../gpu/index.ts';

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
export const blockOfTile = 'workgroup.y + workgroup.z * 65535u';

/** WGSL of a thread that does `row` with each element `i` of its channel in its `params.walk` rows, after `setup`. */
export const walkRows = (setup: string, row: string): string => wgsl`
  let channel = ${channelOfTile};
  if (channel >= params.channels) { return; }
  let first = ((${blockOfTile}) * ${ROW_THREADS}u + local.y) * params.walk;
${setup}
  for (var step = 0u; step < params.walk; step++) {
    let row = first + step;
    if (row >= params.rows) { break; }
    let i = row * params.channels + channel;
${row}
  }`;
