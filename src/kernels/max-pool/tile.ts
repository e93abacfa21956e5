/**
 * How both kernels cut a [rows, pixels per row, channels] tensor (rows = N·H): a workgroup treats 8 pixels of one row
 * and 16 vectors of channels, so that the one division by the pixels per row is the same for all its threads.
 */
import { type Grid, rowOfWorkgroups, unroll, wgsl, workgroupNumber } from '../../gpu/index.ts';

export const LANES = 16;
export const PIXELS = 8;
export const builtins = '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u';

/** Workgroups for `rows` rows of `pixels` pixels of `channelVectors` vectors. */
export function pixelGrid(rows: number, pixels: number, channelVectors: number): Grid {
  const [y, z = 1] = rowOfWorkgroups(rows * Math.ceil(pixels / PIXELS));
  return [Math.ceil(channelVectors / LANES), y, z];
}

/** WGSL that finds a thread's `row`, `column` and `channel`, and ends threads that have none. */
export const pixelOfThread = (pixels: string): string => wgsl`
  let channel = workgroup.x * ${LANES}u + local.x;
  let runs = (params.${pixels} + ${PIXELS - 1}u) / ${PIXELS}u;
  let run = ${workgroupNumber('yz')};
  let row = run / runs;
  let column = run % runs * ${PIXELS}u + local.y;
  if (row >= params.rows || column >= params.${pixels} || channel >= params.channels) { return; }`;

/** WGSL statements for i = 0 … count − 1: written out while they are few, else a loop, for the compiler's sake. */
export const unrolledOrLoop = (count: number, text: (i: string) => string): string =>
  count <= 5
    ? unroll(count, (i) => text(String(i)))
    : wgsl`  for (var i = 0; i < ${count}; i++) {
${text('i')}
  }`;
