/**
 * Softmax cross-entropy, value and gradient in one kernel: a workgroup takes one sample, its threads stride over the
 * classes. loss = log Σ exp(z − max) − (z_label − max), which neither overflows nor divides by what may vanish.
 */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';

const THREADS = 64;

/** Folds the threads' values in `scratch` into all of `scratch[0]`; the tree is the same every time. */
const fold = (combine: (a: string, b: string) => string): string => wgsl`
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (thread < half) { scratch[thread] = ${combine('scratch[thread]', 'scratch[thread + half]')}; }
    workgroupBarrier();
  }`;

/**
 * terms [2, n] = each sample's loss, and 1 where its label has the (first) largest logit; dLogits [n, classes] =
 * (softmax − onehot) / n where `gradient` says so. A label that is none gives a NaN loss.
 */
export const crossEntropyKernel = memoizeKernel((gradient: boolean) =>
  defineKernel<string, 'n' | 'classes'>({
    name: `loss.cross-entropy${gradient ? ' + gradient' : ''}`,
    bindings: {
      logits: read(),
      labels: read('u32'),
      terms: write(),
      ...(gradient ? { dLogits: write() } : {}),
    },
    params: { n: 'u32', classes: 'u32' },
    workgroupSize: [THREADS],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`
var<workgroup> scratch: array<vec2f, ${THREADS}>;`,
    body: wgsl`
  let sample = workgroup.x + workgroup.y * 65535u;
  if (sample >= params.n) { return; }
  let first = sample * params.classes;
  let label = labels[sample];
  let own = logits[first + min(label, params.classes - 1u)];

  // The largest logit, and how many beat the label's: one that is equal does if it comes first.
  var largest = vec2f(logits[first], 0.0);
  for (var j = thread; j < params.classes; j += ${THREADS}u) {
    let z = logits[first + j];
    let loses = z < own || (z == own && j >= label);
    largest = vec2f(max(largest.x, z), largest.y + select(1.0, 0.0, loses));
  }
  scratch[thread] = largest;
${fold((a, b) => `vec2f(max(${a}.x, ${b}.x), ${a}.y + ${b}.y)`)}
  let peak = scratch[0].x;
  let beaten = scratch[0].y;
  workgroupBarrier();

  var sum = 0.0;
  for (var j = thread; j < params.classes; j += ${THREADS}u) { sum += exp(logits[first + j] - peak); }
  scratch[thread] = vec2f(sum, 0.0);
${fold((a, b) => `${a} + ${b}`)}
  let total = scratch[0].x;

  if (thread == 0u) {
    let loss = log(total) - (own - peak);
    terms[sample] = select(bitcast<f32>(0x7fc00000u | params.n), loss, label < params.classes);
    terms[params.n + sample] = select(0.0, 1.0, beaten == 0.0);
  }
${
  gradient
    ? wgsl`
  let scale = 1.0 / f32(params.n);
  for (var j = thread; j < params.classes; j += ${THREADS}u) {
    let probability = exp(logits[first + j] - peak) / total;
    dLogits[first + j] = (probability - select(0.0, 1.0, j == label)) * scale;
  }`
    : ''
}`,
  }),
);
