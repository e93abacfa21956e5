/**
 * Binary cross-entropy on logits, value and gradient in one kernel, one thread per sample:
 * loss = max(z, 0) − z·t + log(1 + exp(−|z|)); no part of it overflows.
 */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../gpu/index.ts';

export const WORKGROUP = 64;

/** The loss of targets as they are, both classes alike. */
const plain = {
  params: {},
  goal: 'truth',
  loss: 'max(z, 0.0) - z * goal + log1p(e)',
  numerator: 'select(e * (1.0 - goal) - goal, (1.0 - goal) - goal * e, z >= 0.0)',
};

/**
 * PyTorch's binary_cross_entropy_with_logits(pos_weight), p: (1 − t)·z + (1 + (p − 1)·t)·log(1 + exp(−z)). Smoothing by s
 * moves a target to t·(1 − s) + s/2, which is what smoothing does to cross-entropy over two classes.
 */
const weighted: typeof plain = {
  params: { smoothing: 'f32', positiveWeight: 'f32' },
  goal: 'truth * (1.0 - params.smoothing) + 0.5 * params.smoothing',
  loss: 'select(-z * positive, z * (1.0 - goal), z >= 0.0) + ((1.0 - goal) + positive) * log1p(e)',
  numerator: 'select(e * (1.0 - goal) - positive, (1.0 - goal) - positive * e, z >= 0.0)',
};

/**
 * terms [2, n] = each sample's loss, and 1 where logit > 0 says what target > ½ says; dLogits [n] =
 * (sigmoid(z) − t) / divisor where `gradient` says so. `isWeighted` is for smoothed targets and for a weight of the positive
 * class other than 1.
 */
export const bceKernel = memoizeKernel((gradient: boolean, isWeighted: boolean) => {
  const form = isWeighted ? weighted : plain;
  return defineKernel<string, string>({
    name: `loss.bce-with-logits${isWeighted ? ' weighted' : ''}${gradient ? ' + gradient' : ''}`,
    bindings: { logits: read(), targets: read(), terms: write(), ...(gradient ? { dLogits: write() } : {}) },
    params: { n: 'u32', divisor: 'f32', ...form.params },
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`
// log(1 + u) for u in [0, 1]: its series where 1 + u would round u away.
fn log1p(u: f32) -> f32 {
  return select(log(1.0 + u), u * (1.0 - u * (0.5 - u * (1.0 / 3.0))), u < 0.01);
}`,
    body: wgsl`
  let i = ${workgroupNumber()} * ${WORKGROUP}u + thread;
  if (i >= params.n) { return; }
  let z = logits[i];
  let truth = targets[i];
  let goal = ${form.goal};
${isWeighted ? '  let positive = params.positiveWeight * goal;' : ''}
  let e = exp(-abs(z));
  terms[i] = ${form.loss};
  terms[params.n + i] = select(0.0, 1.0, (z > 0.0) == (truth > 0.5));
${
  gradient
    ? `  // sigmoid(z) − t over one denominator, so that the small gradient of a sure answer does not cancel to nothing.
  let numerator = ${form.numerator};
  dLogits[i] = numerator / ((1.0 + e) * params.divisor);`
    : ''
}`,
  });
});
