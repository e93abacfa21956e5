/** Copies rows from place to place, one thread per vector: neighbouring threads read and write neighbouring vectors of a row. */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';

export const WORKGROUP = 64;

/** Row moves[i].y of y = row moves[i].x of x, rows of `vectors`; `items` = moves · vectors. */
export const gatherKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineKernel({
    name: `gather.rows ${T}`,
    bindings: { x: read(T), moves: read('vec2u'), y: write(T) },
    params: { items: 'u32', vectors: 'u32' },
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    body: wgsl`
  let item = ${workgroupNumber()} * ${WORKGROUP}u + thread;
  if (item >= params.items) { return; }
  let row = moves[item / params.vectors];
  let vector = item % params.vectors;
  y[row.y * params.vectors + vector] = x[row.x * params.vectors + vector];`,
  });
});
