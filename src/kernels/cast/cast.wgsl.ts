/** Turns f32 into f16 and back, one vector per thread. */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../gpu/index.ts';
import { stored, type Dtype } from '../dtype.ts';
import type { Width } from '../vectors.ts';

export const WORKGROUP = 64;

/** y = x in another type; `items` vectors. */
export const castKernel = memoizeKernel((width: Width, from: Dtype, to: Dtype) => {
  const [source, target] = [stored(width, from), stored(width, to)];
  return defineKernel({
    name: `cast ${source} to ${target}`,
    bindings: { x: read(source), y: write(target) },
    params: { items: 'u32' },
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    body: wgsl`
  let item = ${workgroupNumber()} * ${WORKGROUP}u + thread;
  if (item < params.items) { y[item] = ${target}(x[item]); }`,
  });
});
