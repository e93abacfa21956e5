/**
 * Binary cross-entropy on logits, value and gradient in one kernel, a thread a sample:
 * loss = max(z, 0) − z·t + log(1 + exp(−|z|)), of which no part overflows.
 */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';

export const WORKGROUP = 64;

/**
 * terms [2, n] = each sample's loss, and 1 where logit > 0 says what target > ½ says; dLogits [n] =
 * (sigmoid(z) − t) / n where `gradient` says so.
 */
export const bceKernel = memoizeKernel((gradient: boolean) =>
  defineKernel<string, 'n'>({
    name: `loss.bce-with-logits${gradient ? ' + gradient' : ''}`,
    bindings: { logits: read(), targets: read(), terms: write(), ...(gradient ? { dLogits: write() } : {}) },
    params: { n: 'u32' },
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`
// log(1 + u) for u in [0, 1]: its series where 1 + u would round u away.
fn log1p(u: f32) -> f32 {
  return select(log(1.0 + u), u * (1.0 - u * (0.5 - u * (1.0 / 3.0))), u < 0.01);
}`,
    body: wgsl`
  let i = (workgroup.x + workgroup.y * 65535u) * ${WORKGROUP}u + thread;
  if (i >= params.n) { return; }
  let z = logits[i];
  let truth = targets[i];
  let e = exp(-abs(z));
  terms[i] = max(z, 0.0) - z * truth + log1p(e);
  terms[params.n + i] = select(0.0, 1.0, (z > 0.0) == (truth > 0.5));
${
  gradient
    ? `  // sigmoid(z) − t over one denominator, so that the small gradient of a sure answer does not cancel to nothing.
  let numerator = select(e * (1.0 - truth) - truth, (1.0 - truth) - truth * e, z >= 0.0);
  dLogits[i] = numerator / ((1.0 + e) * f32(params.n));`
    : ''
}`,
  }),
);
