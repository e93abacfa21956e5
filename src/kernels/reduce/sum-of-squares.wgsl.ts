/** Σx² in two passes of fixed order: workgroups reduce stretches to partial sums, then one adds these up. */
import { defineKernel, memoizeKernel, read, unroll, wgsl, workgroupNumber, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';

const THREADS = 64;
const PER_THREAD = 16;
/** Vectors whose squares one workgroup adds up. */
export const STRETCH = THREADS * PER_THREAD;

/** partials [first + workgroup] = Σ of a stretch's squares; `count` counts vectors. */
export const partialSquaresKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  const total = width === 4 ? 'dot(sum, vec4f(1))' : 'sum';
  return defineKernel({
    name: `reduce.sum-of-squares.partial ${T}`,
    bindings: { x: read(T), partials: write() },
    params: { count: 'u32', first: 'u32' },
    workgroupSize: [THREADS],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`
var<workgroup> sums: array<f32, ${THREADS}>;`,
    body: wgsl`
  let stretch = ${workgroupNumber()};
  let start = stretch * ${STRETCH}u + thread / 8u * ${PER_THREAD * 8}u + thread % 8u;
  var sum = ${T}(0);
${unroll(PER_THREAD, (k) => `  if (start + ${k * 8}u < params.count) { let value = x[start + ${k * 8}u]; sum += value * value; }`)}
  sums[thread] = ${total};
  workgroupBarrier();
  if (thread == 0u && stretch * ${STRETCH}u < params.count) {
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
