/**
 * Softmax cross-entropy, value and gradient in one kernel: a workgroup takes one sample, its threads stride over the
 * classes. loss = log Σ exp(z − max) − (z_label − max), which neither overflows nor divides by what may vanish.
 * Smoothed labels and weighted classes add sums to the pass that is made anyway; without them nothing is added.
 */
import { defineKernel, memoizeKernel, read, wgsl, when, workgroupNumber, write } from '../../gpu/index.ts';
import {
  labelWgsl,
  type Weighing,
  weighingBindings,
  weighingLabel,
  weighingParams,
} from './weighing.wgsl.ts';

const THREADS = 64;

/** Folds the threads' values in `scratch` into all of `scratch[0]`; the tree is the same every time. */
const fold = (combine: (a: string, b: string) => string): string => wgsl`
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (thread < half) { scratch[thread] = ${combine('scratch[thread]', 'scratch[thread + half]')}; }
    workgroupBarrier();
  }`;

/** The loss of hard labels, all classes alike. */
const hard = {
  vector: 'vec2f',
  padding: '',
  sums: wgsl`
  var sum = 0.0;
  for (var j = thread; j < params.classes; j += ${THREADS}u) { sum += exp(logits[first + j] - peak); }
  scratch[thread] = vec2f(sum, 0.0);`,
  loss: 'let loss = log(total) - (own - peak);',
  scale: 'let scale = 1.0 / all;',
  slope: '(probability - select(0.0, 1.0, j == label)) * scale',
};

/**
 * That of PyTorch's CrossEntropyLoss(weight, label_smoothing): with s the smoothing, w the weights, C classes and the
 * sample's label y, (1 − s)·w_y·(lse − z_y) + s/C·Σ w_c·(lse − z_c), over Σ w_y of the whole batch and not over n. A label to
 * ignore has no loss and no part of that sum.
 */
const soft = (weighted: boolean): typeof hard => {
  const weight = (index: string) => (weighted ? `classWeights[${index}]` : '1.0');
  return {
    vector: 'vec4f',
    padding: ', 0.0, 0.0',
    sums: wgsl`
  // Σ exp(z − peak), Σ w·(z − peak) and Σ w over the classes.
  var sums = vec4f(0);
  for (var j = thread; j < params.classes; j += ${THREADS}u) {
    let z = logits[first + j] - peak;
    sums += vec4f(exp(z), ${weight('j')} * z, ${weight('j')}, 0.0);
  }
  scratch[thread] = sums;`,
    loss: wgsl`let everywhere = scratch[0].z * log(total) - scratch[0].y;
    let loss = (labelShare * (log(total) - (own - peak)) + classShare * everywhere) * params.times / all;`,
    scale: wgsl`let scale = 1.0 / all;
  let labelShare = (1.0 - params.smoothing) * weight;
  let classShare = select(params.smoothing / f32(params.classes), 0.0, isIgnored);
  let weights = scratch[0].z;`,
    slope: wgsl`(labelShare * (probability - select(0.0, 1.0, j == label)) + classShare * (probability * weights - ${weight('j')})) * scale`,
  };
};

/**
 * terms [2, n] = each sample's part of the loss, such that their mean over n is the batch's, and 1 where its label has the (first)
 * largest logit; dLogits [n, classes], where `gradient` says so, is (softmax − onehot) / whole for hard labels. `smoothed` is for labels
 * that are soft; weighing.wgsl.ts says what makes them count unlike. A label that is none gives a NaN loss.
 */
export const crossEntropyKernel = memoizeKernel(
  (gradient: boolean, smoothed: boolean, ...flags: readonly boolean[]) => {
    const [weighted = false, ignoring = false, summed = false] = flags;
    const weighing: Weighing = { weighted, ignoring, summed };
    const form = smoothed || weighted || ignoring ? soft(weighted) : hard;
    const name = `loss.cross-entropy${when(smoothed, ' smoothed')}${weighingLabel(weighing)}`;
    const { vector, padding } = form;
    return defineKernel<string, string>({
      name: `${name}${gradient ? ' + gradient' : ''}`,
      bindings: {
        logits: read(),
        labels: read('u32'),
        ...weighingBindings(weighing),
        terms: write(),
        ...(gradient ? { dLogits: write() } : {}),
      },
      params: {
        n: 'u32',
        classes: 'u32',
        ...weighingParams(weighing),
        ...(form === hard ? {} : { smoothing: 'f32', times: 'f32' }),
      },
      workgroupSize: [THREADS],
      builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
      declarations: wgsl`
var<workgroup> scratch: array<${vector}, ${THREADS}>;`,
      body: wgsl`
  let sample = ${workgroupNumber()};
  if (sample >= params.n) { return; }
  let first = sample * params.classes;
${labelWgsl(weighing, 'sample')}
  let own = logits[first + safeLabel];

  // The largest logit, and how many beat the label's: one that is equal does if it comes first.
  var largest = vec2f(logits[first], 0.0);
  for (var j = thread; j < params.classes; j += ${THREADS}u) {
    let z = logits[first + j];
    let loses = z < own || (z == own && j >= label);
    largest = vec2f(max(largest.x, z), largest.y + select(1.0, 0.0, loses));
  }
  scratch[thread] = ${vector}(largest${padding});
${fold((a, b) => `${vector}(max(${a}.x, ${b}.x), ${a}.y + ${b}.y${padding})`)}
  let peak = scratch[0].x;
  let beaten = scratch[0].y;
  workgroupBarrier();
${form.sums}
${fold((a, b) => `${a} + ${b}`)}
  let total = scratch[0].x;
  ${form.scale}

  if (thread == 0u) {
    ${form.loss}
    terms[sample] = select(loss, bitcast<f32>(0x7fc00000u | params.n), isNone);
    terms[params.n + sample] = select(0.0, 1.0, beaten == 0.0 && !isIgnored);
  }
${
  gradient
    ? wgsl`
  for (var j = thread; j < params.classes; j += ${THREADS}u) {
    let probability = exp(logits[first + j] - peak) / total;
    dLogits[first + j] = ${form.slope};
  }`
    : ''
}`,
    });
  },
);
