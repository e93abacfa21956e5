/** Σx² in two passes of fixed order: workgroups reduce stretches to partial sums, then one adds these up. */
import { defineKernel, memoizeKernel, read, wgsl, write, workgroupNumber } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';

export const THREADS = 64;
/** Vectors side by side that neighbouring threads load: the subgroup of a software adapter. */
const RUN = 8;

/** partials [first + workgroup] = Σ of the squares of a stretch, `walk` vectors per thread; `count` counts vectors. */
export const partialSquaresKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  const total = width === 4 ? 'dot(sum, vec4f(1))' : 'sum';
  return defineKernel({
    name: `reduce.sum-of-squares.partial ${T}`,
    bindings: { x: read(T), partials: write() },
    params: { count: 'u32', first: 'u32', walk: 'u32' },
    workgroupSize: [THREADS],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`
var<workgroup> sums: array<f32, ${THREADS}>;`,
    body: wgsl`
  let stretch = ${workgroupNumber()};
  let start = (stretch * ${THREADS / RUN}u + thread / ${RUN}u) * ${RUN}u * params.walk + thread % ${RUN}u;
  var sum = ${T}(0);
  for (var step = 0u; step < params.walk; step++) {
    let i = start + step * ${RUN}u;
    if (i < params.count) {
      let value = x[i];
      sum += value * value;
    }
  }
  sums[thread] = ${total};
  workgroupBarrier();
  if (thread == 0u && stretch * ${THREADS}u * params.walk < params.count) {
    var all = sums[0];
    for (var i = 1u; i < ${THREADS}u; i++) { all += sums[i]; }
    partials[params.first + stretch] = all;
  }`,
  });
});

/** result [1] = Σ partials [count]. */
export const sumKernel = defineKernel({
  name: 'reduce.sum',
  bindings: { partials: read(), result: write() },
  params: { count: 'u32' },
  workgroupSize: [THREADS],
  builtins: '@builtin(local_invocation_index) thread: u32',
  declarations: wgsl`
var<workgroup> sums: array<f32, ${THREADS}>;`,
  body: wgsl`
  var sum = 0.0;
  for (var i = thread; i < params.count; i += ${THREADS}u) { sum += partials[i]; }
  sums[thread] = sum;
  workgroupBarrier();
  if (thread == 0u) {
    for (var i = 1u; i < ${THREADS}u; i++) { sum += sums[i]; }
    result[0] = sum;
  }`,
});
