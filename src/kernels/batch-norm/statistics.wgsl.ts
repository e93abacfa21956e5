/**
 * Batch statistics in two passes over ever less data: each workgroup reduces a part of the rows to moments, then one
 * workgroup for each few channels merges the parts. Few rows are one part, and
 * one pass. The order is fixed, so the result is the same every time.
 */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { moments } from './moments.wgsl.ts';
import {
  type Layout,
  mergeThreads,
  REDUCTION,
  type Reduction,
  reduceRows,
  reductionColumns,
  tileBuiltins,
  writePartials,
} from './tile.ts';

const reductionOf = (T: string): Reduction => ({
  name: 'Moments',
  zero: `Moments(0.0, ${T}(0), ${T}(0))`,
  fields: ['mean', 'squares'],
  merge: 'merge',
});

/** What becomes of a channel's moments: those of a part are written, those of all rows give mean and invStd. */
const momentsParams = { eps: 'f32', momentum: 'f32' } as const;
const momentsOutputs = (T: string, running: boolean) => ({
  mean: write(T),
  invStd: write(T),
  ...(running ? { runningMean: write(T), runningVar: write(T) } : {}),
});
const finishMoments = (T: string, running: boolean): string => wgsl`
    mean[channel] = total.mean;
    let rows = f32(params.rows);
    invStd[channel] = 1.0 / sqrt(total.squares / rows + ${T}(params.eps));
${
  running
    ? `    runningMean[channel] = mix(runningMean[channel], total.mean, ${T}(params.momentum));
    runningVar[channel] = mix(runningVar[channel], total.squares / (rows - 1.0), ${T}(params.momentum));`
    : ''
}`;

/**
 * Moments of the rows: those of each part into partials [parts, 2, channels], mean and squared deviations, or, where there
 * is one part, what `mergeMomentsKernel` makes of them. A block of rows is summed as deviations from a shift, first its own first
 * row, then the mean of the rows before. With n rows in a block, Σ(x − x₁)² is at most n times Σ(x − mean)², and every later shift is a
 * mean whose distance counts in the variance itself, so that at most a factor of n roundings is lost, whatever the mean.
 */
export const momentsKernel = memoizeKernel(
  (layout: Layout, width: Width, into: 'partials' | 'batch' | 'running') => {
    const T = floats(width);
    const reduction = reductionOf(T);
    const { lanes, threads } = REDUCTION[layout];
    const running = into === 'running';
    return defineKernel<string, string>({
      name: `batch-norm.statistics ${T} ${into}`,
      bindings: {
        x: read(T),
        ...(into === 'partials' ? { partials: write(T) } : momentsOutputs(T, running)),
      },
      params: {
        rows: 'u32',
        channels: 'u32',
        walk: 'u32',
        ...(into === 'partials' ? { firstPart: 'u32' } : momentsParams),
      },
      workgroupSize: [lanes, threads],
      builtins: tileBuiltins,
      declarations: wgsl`${moments(T)}
/** Moments from the sums of deviations from a shift, and of their squares. */
fn blockOf(count: f32, shift: ${T}, sum: ${T}, squares: ${T}) -> Moments {
  let mean = sum / count;
  let rest = squares - mean * sum;
  return Moments(count, shift + mean, select(rest, ${T}(0), rest < ${T}(0)));
}
${reductionColumns(reduction, { lanes, threads })}`,
      body: reduceRows(reduction, layout, {
        setup: '  var shift = x[i];',
        begin: wgsl`
    var sum = ${T}(0);
    var squares = ${T}(0);`,
        row: wgsl`
      let deviation = x[i] - shift;
      sum += deviation;
      squares += deviation * deviation;`,
        value: 'blockOf(f32(count), shift, sum, squares)',
        next: '    shift = total.mean;',
        finish: into === 'partials' ? writePartials(reduction) : finishMoments(T, running),
      }),
    });
  },
);

/** Channels and parts that a workgroup of the merge works on at a time. */
export const mergeWorkgroup = (layout: Layout) =>
  ({ lanes: 8, threads: layout === 'shared' ? 16 : 1 }) as const;

/**
 * Merges partials [parts, 2, channels] into mean and invStd [channels], and moves the running statistics towards
 * them where `running` says so.
 */
export const mergeMomentsKernel = memoizeKernel((layout: Layout, width: Width, running: boolean) => {
  const T = floats(width);
  const { lanes, threads } = mergeWorkgroup(layout);
  const reduction = reductionOf(T);
  return defineKernel<string, 'rows' | 'channels' | 'rowsPerPart' | 'parts' | 'eps' | 'momentum'>({
    name: `batch-norm.statistics.merge ${T}${running ? ' running' : ''}`,
    bindings: {
      partials: read(T),
      ...momentsOutputs(T, running),
    },
    params: { rows: 'u32', channels: 'u32', rowsPerPart: 'u32', parts: 'u32', ...momentsParams },
    workgroupSize: [lanes, threads],
    builtins: tileBuiltins,
    declarations: wgsl`${moments(T)}
${reductionColumns(reduction, { lanes, threads })}`,
    body: wgsl`
  let channel = workgroup.x * ${lanes}u + local.x;
  let column = min(channel, params.channels - 1u);
  var total = ${reduction.zero};
  for (var part = local.y; part < params.parts; part += ${threads}u) {
    let count = f32(min(params.rowsPerPart, params.rows - part * params.rowsPerPart));
    let at = part * 2u * params.channels + column;
    total = merge(total, Moments(count, partials[at], partials[at + params.channels]));
  }
${mergeThreads(reduction, threads, finishMoments(T, running))}`,
  });
});

/** invStd = 1/√(variance + eps), a thread a channel. */
export const invStdKernel = defineKernel({
  name: 'batch-norm.inv-std',
  bindings: { variance: read(), invStd: write() },
  params: { channels: 'u32', eps: 'f32' },
  workgroupSize: [64],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: wgsl`
  if (id.x < params.channels) { invStd[id.x] = 1.0 / sqrt(variance[id.x] + params.eps); }`,
});
