/**
 * How large numbers are, counted by powers of two: a float's exponent is its place in the histogram, so that no range must be known
 * before, and a dead layer is told from one that explodes. Counts are whole numbers, which add up to the same in any order.
 */
import { defineKernel, read, wgsl, write, workgroupNumber } from '../../gpu/index.ts';

export const THREADS = 64;
/** Numbers side by side that neighbouring threads load: the subgroup of a software adapter. */
const RUN = 8;

/** Of `counts`: [0] zeros, [1 … 62] powers of two from LEAST_EXPONENT up, with what is smaller and larger in the outermost, [63] what is not finite. */
export const BINS = 64;
/** The power of two that counts[1] begins with: 2⁻⁴¹. */
export const LEAST_EXPONENT = -41;

/** counts [64] += how many of `count` numbers lie in each bin, `walk` numbers per thread. */
export const magnitudesKernel = defineKernel({
  name: 'reduce.magnitudes',
  bindings: { x: read(), counts: write('atomic<u32>') },
  params: { count: 'u32', walk: 'u32' },
  workgroupSize: [THREADS],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  declarations: wgsl`
var<workgroup> own: array<atomic<u32>, ${BINS}>;
fn bin(value: f32) -> u32 {
  let exponent = (bitcast<u32>(value) >> 23u) & 255u;
  if (exponent == 255u) { return ${BINS - 1}u; }
  if (exponent == 0u) { return 0u; }
  return u32(clamp(i32(exponent) - ${127 + LEAST_EXPONENT - 1}, 1, ${BINS - 2}));
}`,
  body: wgsl`
  let stretch = ${workgroupNumber()};
  let start = (stretch * ${THREADS / RUN}u + thread / ${RUN}u) * ${RUN}u * params.walk + thread % ${RUN}u;
  for (var step = 0u; step < params.walk; step++) {
    let i = start + step * ${RUN}u;
    if (i < params.count) { atomicAdd(&own[bin(x[i])], 1u); }
  }
  workgroupBarrier();
  let found = atomicLoad(&own[thread]);
  if (found > 0u) { atomicAdd(&counts[thread], found); }`,
});
