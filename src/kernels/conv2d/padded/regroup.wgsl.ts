/** Copies groups of elements into groups of another length: longer ones end in zeros, shorter ones are cut. */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../../gpu/index.ts';
import { dtypeLabel, type Dtype } from '../../dtype.ts';

/** Threads per workgroup, one element each. */
export const THREADS = 64;

export const regroup = memoizeKernel((dtype: Dtype) =>
  defineKernel({
    name: `conv2d.padded.regroup${dtypeLabel(dtype)}`,
    bindings: { x: read(dtype), y: write(dtype) },
    params: {
      /** Elements of a group of x and of y. */
      given: 'u32',
      wanted: 'u32',
      /** Elements of y. */
      count: 'u32',
    },
    workgroupSize: [THREADS],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    body: wgsl`
  let index = ${workgroupNumber()} * ${THREADS}u + thread;
  if (index >= params.count) { return; }
  let element = index % params.wanted;
  let inside = element < params.given;
  y[index] = select(${dtype}(0), x[select(0u, index / params.wanted * params.given + element, inside)], inside);`,
  }),
);
