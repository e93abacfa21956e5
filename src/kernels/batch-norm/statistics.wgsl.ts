/**
 * Batch statistics in two passes over ever less data: each workgroup reduces a part of the rows to moments, then one
 * workgroup for each few channels merges the parts. Few rows are one part, and
 * one pass. The order is fixed, so the result is the same every time.
 */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { moments } from './moments.wgsl.ts';
import { reduceRows, reductionColumns, tileBuiltins, tileWorkgroup, writePartials } from './tile.ts';

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
 * is one part, what `mergeMomentsKernel` makes of them. A thread takes its rows one by one (Welford 1962): the mean moves by
 * a share of the deviation from it, and the deviations before and after multiply.
 */
export const momentsKernel = memoizeKernel((width: Width, into: 'partials' | 'batch' | 'running') => {
  const T = floats(width);
  const reduction = {
    name: 'Moments',
    zero: `Moments(0.0, ${T}(0), ${T}(0))`,
    fields: ['mean', 'squares'],
    merge: 'merge',
  } as const;
  const running = into === 'running';
  return defineKernel<string, string>({
    name: `batch-norm.statistics ${T} ${into}`,
    bindings: { x: read(T), ...(into === 'partials' ? { partials: write(T) } : momentsOutputs(T, running)) },
    params: {
      rows: 'u32',
      channels: 'u32',
      walk: 'u32',
      ...(into === 'partials' ? { firstPart: 'u32' } : momentsParams),
    },
    workgroupSize: tileWorkgroup,
    builtins: tileBuiltins,
    declarations: wgsl`${moments(T)}
${reductionColumns(reduction)}`,
    body: reduceRows(reduction, {
      row: wgsl`
    let value = x[i];
    total.count += 1.0;
    let deviation = value - total.mean;
    total.mean += deviation * (1.0 / total.count);
    total.squares += deviation * (value - total.mean);`,
      finish: into === 'partials' ? writePartials(reduction) : finishMoments(T, running),
    }),
  });
});

/** Channels and parts that a workgroup of the merge works on at a time. */
export const MERGE_LANES = 8;
export const MERGE_PARTS = 16;

/**
 * Merges partials [parts, 2, channels] into mean and invStd [channels], and moves the running statistics towards
 * them where `running` says so.
 */
export const mergeMomentsKernel = memoizeKernel((width: Width, running: boolean) => {
  const T = floats(width);
  return defineKernel<string, 'rows' | 'channels' | 'rowsPerPart' | 'parts' | 'eps' | 'momentum'>({
    name: `batch-norm.statistics.merge ${T}${running ? ' running' : ''}`,
    bindings: {
      partials: read(T),
      ...momentsOutputs(T, running),
    },
    params: { rows: 'u32', channels: 'u32', rowsPerPart: 'u32', parts: 'u32', ...momentsParams },
    workgroupSize: [MERGE_LANES, MERGE_PARTS],
    builtins: tileBuiltins,
    declarations: wgsl`${moments(T)}
var<workgroup> columns: array<array<Moments, ${MERGE_LANES}>, ${MERGE_PARTS}>;`,
    body: wgsl`
  let channel = workgroup.x * ${MERGE_LANES}u + local.x;
  let column = min(channel, params.channels - 1u);
  var total = Moments(0.0, ${T}(0), ${T}(0));
  for (var part = local.y; part < params.parts; part += ${MERGE_PARTS}u) {
    let count = f32(min(params.rowsPerPart, params.rows - part * params.rowsPerPart));
    let at = part * 2u * params.channels + column;
    total = merge(total, Moments(count, partials[at], partials[at + params.channels]));
  }
  columns[local.y][local.x] = total;
  workgroupBarrier();
  if (local.y == 0u && channel < params.channels) {
    for (var k = 1u; k < ${MERGE_PARTS}u; k++) { total = merge(total, columns[k][local.x]); }
${finishMoments(T, running)}
  }`,
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
