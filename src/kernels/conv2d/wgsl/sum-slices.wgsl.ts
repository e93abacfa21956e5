/** The second pass of a split sum: adds the slices of each element in their order, so that the result is deterministic. */
import { defineKernel, read, wgsl, workgroupNumber, write } from '../../../gpu/index.ts';

export const sumSlices = defineKernel({
  name: 'conv2d.sumSlices',
  bindings: { parts: read(), sum: write() },
  params: { count: 'u32', slices: 'u32' },
  workgroupSize: [64],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  body: wgsl`
  let i = ${workgroupNumber()} * 64u + thread;
  if (i >= params.count) { return; }
  var total = 0.0;
  for (var s = 0u; s < params.slices; s++) { total += parts[s * params.count + i]; }
  sum[i] = total;`,
});
