/**
 * How the kernels of small windows cut their work: a thread has one vector of channels and two rows, and walks along a
 * run of columns, of the result forwards and of groups of stride × stride pixels of the input backwards.
 */
import { type Grid, rowOfWorkgroups, wgsl, workgroupNumber } from '../../gpu/index.ts';

export const LANES = 16;
/** Runs that a workgroup treats. */
export const RUNS = 8;
/** Rows that a thread treats at once. */
export const ROWS = 2;
export const builtins = '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u';

export const runParams = {
  height: 'u32',
  width: 'u32',
  outHeight: 'u32',
  outWidth: 'u32',
  channels: 'u32',
  /** Pairs of rows in an image, and in all images. */
  rowBlocks: 'u32',
  blocks: 'u32',
  /** Columns of results or groups in a row, runs that they are cut into, and columns of a run. */
  groups: 'u32',
  runs: 'u32',
  walk: 'u32',
} as const;

/** WGSL that finds a thread's `block` of rows, the `first` column of its run and its `channel`, and ends threads without. */
export const runOfThread = wgsl`
  let channel = workgroup.x * ${LANES}u + local.x;
  let number = ${workgroupNumber('yz')} * ${RUNS}u + local.y;
  let block = number / params.runs;
  let first = number % params.runs * params.walk;
  if (block >= params.blocks || channel >= params.channels) { return; }`;

/** The parameters that `rows` × `columns` of `images` images ask for where a run is about `walk` columns long, and the grid. */
export function runsOf(
  images: number,
  { rows, columns, channels }: { readonly rows: number; readonly columns: number; readonly channels: number },
  walk: number,
) {
  const rowBlocks = Math.ceil(rows / ROWS);
  const blocks = images * rowBlocks;
  const runs = Math.ceil(columns / walk);
  const [y, z = 1] = rowOfWorkgroups(Math.ceil((blocks * runs) / RUNS));
  const grid: Grid = [Math.ceil(channels / LANES), y, z];
  return { params: { rowBlocks, blocks, groups: columns, runs, walk: Math.ceil(columns / runs) }, grid };
}
