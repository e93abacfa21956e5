/** The negative log-likelihood of log-probabilities: each row's own number, negated. */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../gpu/index.ts';
import {
  labelWgsl,
  type Weighing,
  weighingBindings,
  weighingLabel,
  weighingParams,
} from './weighing.wgsl.ts';

export const WORKGROUP = 64;

/**
 * terms [2, n] = each row's part of the loss, and whether its label has the (first) largest log-probability; one thread a row. A
 * label that is none gives NaN.
 */
export const nllKernel = memoizeKernel((weighted: boolean, ignoring: boolean, summed: boolean) => {
  const weighing: Weighing = { weighted, ignoring, summed };
  return defineKernel<string, string>({
    name: `loss.nll${weighingLabel(weighing)}`,
    bindings: { x: read(), labels: read('u32'), ...weighingBindings(weighing), terms: write() },
    params: { n: 'u32', classes: 'u32', times: 'f32', ...weighingParams(weighing) },
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    body: wgsl`
  let row = ${workgroupNumber()} * ${WORKGROUP}u + thread;
  if (row >= params.n) { return; }
  let first = row * params.classes;
${labelWgsl(weighing, 'row')}
  let own = x[first + safeLabel];
  var isBeaten = false;
  for (var j = 0u; j < params.classes; j++) {
    let z = x[first + j];
    isBeaten = isBeaten || z > own || (z == own && j < label);
  }
  terms[row] = select(-own * weight * params.times / all, bitcast<f32>(0x7fc00000u | params.n), isNone);
  terms[params.n + row] = select(0.0, 1.0, !isBeaten && !isIgnored && !isNone);`,
  });
});

/** dx [n, classes] = −weight of the label at the label's place, else 0; one thread an element. */
export const nllBackwardKernel = memoizeKernel((weighted: boolean, ignoring: boolean, summed: boolean) => {
  const weighing: Weighing = { weighted, ignoring, summed };
  return defineKernel<string, string>({
    name: `loss.nll.backward${weighingLabel(weighing)}`,
    bindings: { labels: read('u32'), ...weighingBindings(weighing), dx: write() },
    params: { n: 'u32', classes: 'u32', ...weighingParams(weighing) },
    workgroupSize: [WORKGROUP],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    body: wgsl`
  let i = ${workgroupNumber()} * ${WORKGROUP}u + thread;
  if (i >= params.n * params.classes) { return; }
${labelWgsl(weighing, 'i / params.classes')}
  dx[i] = select(0.0, -weight / all, i % params.classes == label);`,
  });
});
