/** The end of all losses: one workgroup adds up what each sample contributed, always in the same order. */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';

const THREADS = 64;

/** loss [1] = the sum of terms [2, n]'s first row over `divisor`; correct [1], where it is asked for, the sum of its second. */
export const reduceTermsKernel = memoizeKernel((correct: boolean) =>
  defineKernel<string, 'n' | 'divisor'>({
    name: `loss.reduce${correct ? ' + correct' : ''}`,
    bindings: { terms: read(), loss: write(), ...(correct ? { correct: write() } : {}) },
    params: { n: 'u32', divisor: 'f32' },
    workgroupSize: [THREADS],
    builtins: '@builtin(local_invocation_index) thread: u32',
    declarations: wgsl`
var<workgroup> sums: array<vec2f, ${THREADS}>;`,
    body: wgsl`
  var sum = vec2f(0);
  for (var i = thread; i < params.n; i += ${THREADS}u) { sum += vec2f(terms[i], terms[params.n + i]); }
  sums[thread] = sum;
  workgroupBarrier();
  if (thread == 0u) {
    for (var i = 1u; i < ${THREADS}u; i++) { sum += sums[i]; }
    loss[0] = sum.x / params.divisor;
${correct ? '    correct[0] = sum.y;' : ''}
  }`,
  }),
);
