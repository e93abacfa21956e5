/**
 * Batch statistics in two passes over ever less data: each workgroup reduces a part of the rows to moments, then one
 * workgroup for each few channels merges the parts. Few rows make one part
 * and take one pass. The order is fixed, so the result is the same every time.
 */
import { defineKernel, memoizeKernel, read, wgsl, when, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { moments } from './moments.wgsl.ts';
import {
  BLOCK,
  blockOfTile,
  type Grouping,
  mergeOfThreads,
  mergeWorkgroup,
  REDUCTION,
  tileBuiltins,
} from './tile.ts';

const reduction = { type: 'Moments', merge: 'merge' } as const;

/** What `writeStatistics` needs beside the moments, and what it writes. */
const statisticsParams = { eps: 'f32', momentum: 'f32' } as const;
const statisticsOutputs = (T: string, running: boolean) => ({
  mean: write(T),
  invStd: write(T),
  ...(running ? { runningMean: write(T), runningVar: write(T) } : {}),
});

/** WGSL of what becomes of the moments of all rows, `total`: mean and invStd, and a step of the running statistics. */
const writeStatistics = (T: string, running: boolean): string => wgsl`mean[channel] = total.mean;
    let rows = f32(params.rows);
    invStd[channel] = 1.0 / sqrt(total.squares / rows + ${T}(params.eps));
    ${when(
      running,
      wgsl`runningMean[channel] = mix(runningMean[channel], total.mean, ${T}(params.momentum));
    runningVar[channel] = mix(runningVar[channel], total.squares / (rows - 1.0), ${T}(params.momentum));`,
    )}`;

/** WGSL of what becomes of the moments of a part, `total`: a row of partials [parts, 2, channels]. */
const writePartial = wgsl`let at = (params.firstPart + part) * 2u * params.channels + channel;
    partials[at] = total.mean;
    partials[at + params.channels] = total.squares;`;

/**
 * Moments of the rows: those of each part into partials [parts, 2, channels], mean and squared deviations, or, where there
 * is one part, what `mergeMomentsKernel` makes of them. A block of rows is summed as deviations from a shift, first its own first
 * row, then the mean of the rows before. With n rows in a block, Σ(x − x₁)² is at most n times Σ(x − mean)², and every later shift is a
 * mean whose distance counts in the variance itself, so that at most a factor of n roundings is lost, whatever the mean.
 */
export const momentsKernel = memoizeKernel(
  (grouping: Grouping, width: Width, into: 'partials' | 'batch' | 'running') => {
    const T = floats(width);
    const { lanes, threads } = REDUCTION[grouping];
    const columns = mergeOfThreads(reduction, { lanes, threads });
    const running = into === 'running';
    return defineKernel<string, string>({
      name: `batch-norm.statistics ${T} ${into}`,
      bindings: {
        x: read(T),
        ...(into === 'partials' ? { partials: write(T) } : statisticsOutputs(T, running)),
      },
      params: {
        rows: 'u32',
        channels: 'u32',
        walk: 'u32',
        ...(into === 'partials' ? { firstPart: 'u32' } : statisticsParams),
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
${columns.declaration}`,
      body: wgsl`
  let channel = workgroup.x * ${lanes}u + local.x;
  let part = ${blockOfTile};
  // Threads past the last channel repeat it: all must reach the barrier.
  let column = min(channel, params.channels - 1u);
  var total = Moments(0.0, ${T}(0), ${T}(0));
  let first = (part * ${threads}u + local.y) * params.walk;
  var i = first * params.channels + column;
  var shift = x[i];
  let end = min(first + params.walk, params.rows);
  for (var row = first; row < end; row += ${BLOCK}u) {
    let count = min(end - row, ${BLOCK}u);
    var sum = ${T}(0);
    var squares = ${T}(0);
    for (var k = 0u; k < count; k++) {
      let deviation = x[i] - shift;
      sum += deviation;
      squares += deviation * deviation;
      i += params.channels;
    }
    total = merge(total, blockOf(f32(count), shift, sum, squares));
    shift = total.mean;
  }
  ${columns.share}
  if (${columns.isFirst}channel < params.channels) {
    ${columns.collect}
    ${into === 'partials' ? writePartial : writeStatistics(T, running)}
  }`,
    });
  },
);

/**
 * Merges partials [parts, 2, channels] into mean and invStd [channels], and moves the running statistics towards
 * them where `running` says so.
 */
export const mergeMomentsKernel = memoizeKernel((grouping: Grouping, width: Width, running: boolean) => {
  const T = floats(width);
  const { lanes, threads } = mergeWorkgroup(grouping);
  const columns = mergeOfThreads(reduction, { lanes, threads });
  return defineKernel<string, 'rows' | 'channels' | 'rowsPerPart' | 'parts' | 'eps' | 'momentum'>({
    name: `batch-norm.statistics.merge ${T}${running ? ' running' : ''}`,
    bindings: {
      partials: read(T),
      ...statisticsOutputs(T, running),
    },
    params: { rows: 'u32', channels: 'u32', rowsPerPart: 'u32', parts: 'u32', ...statisticsParams },
    workgroupSize: [lanes, threads],
    builtins: tileBuiltins,
    declarations: wgsl`${moments(T)}
${columns.declaration}`,
    body: wgsl`
  let channel = workgroup.x * ${lanes}u + local.x;
  let column = min(channel, params.channels - 1u);
  var total = Moments(0.0, ${T}(0), ${T}(0));
  for (var part = local.y; part < params.parts; part += ${threads}u) {
    let count = f32(min(params.rowsPerPart, params.rows - part * params.rowsPerPart));
    let at = part * 2u * params.channels + column;
    total = merge(total, Moments(count, partials[at], partials[at + params.channels]));
  }
  ${columns.share}
  if (${columns.isFirst}channel < params.channels) {
    ${columns.collect}
    ${writeStatistics(T, running)}
  }`,
  });
});

/** invStd = 1/√(variance + eps), one thread per channel. */
export const invStdKernel = defineKernel({
  name: 'batch-norm.inv-std',
  bindings: { variance: read(), invStd: write() },
  params: { channels: 'u32', eps: 'f32' },
  workgroupSize: [64],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  body: wgsl`
  if (id.x < params.channels) { invStd[id.x] = 1.0 / sqrt(variance[id.x] + params.eps); }`,
});
