/**
 * How much a row's label counts, for all losses of labels: by its class, not at all where it is the one to ignore, and in a mean as a
 * share of what all rows count together. That sum is made before, by one workgroup: where it has no class weights and nothing to
 * ignore, it is the number of rows, which the host knows.
 */
import { defineKernel, memoizeKernel, read, wgsl, when, write } from '../../gpu/index.ts';

export interface Weighing {
  readonly weighted: boolean;
  readonly ignoring: boolean;
  /** Whether `whole` [1] holds what all rows count together; else `params.whole` does. */
  readonly summed: boolean;
}

export const weighingBindings = ({ weighted, summed }: Weighing) => ({
  ...(weighted ? { classWeights: read() } : {}),
  ...(summed ? { whole: read() } : {}),
});

/** `ignored` is the label's 32 bits, and `whole` what all rows count together, where the host knows. */
export const weighingParams = ({ ignoring, summed }: Weighing): Readonly<Record<string, 'u32' | 'f32'>> => ({
  ...(ignoring ? { ignored: 'u32' } : {}),
  ...(summed ? {} : { whole: 'f32' }),
});

/** For a kernel's name. */
export const weighingLabel = ({ weighted, ignoring, summed }: Weighing): string =>
  when(weighted, ' weighted') + when(ignoring, ' ignoring') + when(summed, ' mean');

/** WGSL of a row's `label`, `safeLabel` which is one, `isIgnored`, `isNone`, its `weight`, and what `all` count together. */
export const labelWgsl = ({ weighted, ignoring, summed }: Weighing, row: string): string => wgsl`
  let label = labels[${row}];
  let safeLabel = min(label, params.classes - 1u);
  let isIgnored = ${ignoring ? 'label == params.ignored' : 'false'};
  let isNone = label >= params.classes && !isIgnored;
  let weight = ${when(ignoring, 'select(')}${weighted ? 'classWeights[safeLabel]' : '1.0'}${when(ignoring, ', 0.0, isIgnored)')};
  let all = ${summed ? 'whole[0]' : 'params.whole'};`;

const THREADS = 64;

/** whole [1] = Σ of what the rows' labels count, in an order that is the same every time. */
export const wholeKernel = memoizeKernel((weighted: boolean, ignoring: boolean) =>
  defineKernel<string, string>({
    name: `loss.whole${when(weighted, ' weighted')}${when(ignoring, ' ignoring')}`,
    bindings: { labels: read('u32'), ...(weighted ? { classWeights: read() } : {}), whole: write() },
    params: { n: 'u32', classes: 'u32', ignored: 'u32' },
    workgroupSize: [THREADS],
    builtins: '@builtin(local_invocation_index) thread: u32',
    declarations: wgsl`
var<workgroup> scratch: array<f32, ${THREADS}>;`,
    body: wgsl`
  var sum = 0.0;
  for (var i = thread; i < params.n; i += ${THREADS}u) {
    let label = labels[i];
    let weight = ${weighted ? 'classWeights[min(label, params.classes - 1u)]' : '1.0'};
    sum += ${ignoring ? 'select(weight, 0.0, label == params.ignored)' : 'weight'};
  }
  scratch[thread] = sum;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (thread < half) { scratch[thread] += scratch[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) { whole[0] = scratch[0]; }`,
  }),
);
