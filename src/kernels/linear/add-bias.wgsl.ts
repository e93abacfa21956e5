/** The bias where a product comes from a kernel that knows none. */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';

/** Threads per workgroup. */
export const BIAS_THREADS = 64;

/** y [rows, columns] += bias [columns]; a thread adds `width` numbers, so columns is a multiple of that. */
export const addBiasKernel = memoizeKernel((width: Width) =>
  defineKernel({
    name: `linear.add-bias ${floats(width)}`,
    bindings: { bias: read(floats(width)), y: write(floats(width)) },
    params: { rows: 'u32', columns: 'u32' },
    workgroupSize: [BIAS_THREADS],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    body: wgsl`
  let i = ${workgroupNumber()} * ${BIAS_THREADS}u + thread;
  let across = params.columns / ${width}u;
  if (i < params.rows * across) { y[i] += bias[i % across]; }`,
  }),
);
