/**
 * Batch norm backwards: one paired reduction over the rows (Σdy and Σdy·(x − mean)) where something needs it, then
 * one pass for dx and the residual's gradient. A fused ReLU masks dy on the way in, by the sign of the result.
 */
import { defineKernel, memoizeKernel, read, wgsl, when, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import {
  BLOCK,
  blockOfTile,
  channelOfTile,
  type Grouping,
  mergeOfThreads,
  mergeWorkgroup,
  REDUCTION,
  ROW_THREADS,
  tileBuiltins,
  tileWorkgroup,
} from './tile.ts';

/**
 * What tells where a fused ReLU gave 0: nothing was fused, the result `y`, or the normalised input made once more, which
 * saves reading y where x is read anyway; that needs `bias`, and no residual in between. With `params.masked` = 0 the last
 * one serves where nothing was fused, since a kernel takes longer to compile than its few operations to run.
 */
export type Mask = 'none' | 'y' | 'input';

/** Bindings that a mask needs beside mean, invStd and weight. */
const maskBindings = (mask: Mask, T: string) => ({
  ...(mask === 'y' ? { y: read(T) } : {}),
  ...(mask === 'input' ? { bias: read(T) } : {}),
});

/** WGSL of dy[i], or 0 where the fused ReLU gave 0; `input` uses `deviation` = x − mean, `gain` = invStd·weight and `shift`. */
const gradient = (mask: Mask, T: string): string =>
  ({
    none: 'dy[i]',
    y: `select(dy[i], ${T}(0), y[i] <= ${T}(0))`,
    input: `select(dy[i], ${T}(0), deviation * gain + shift <= ${T}(0))`,
  })[mask];

/** WGSL of the `gain` and `shift` by which `input` makes the result of a channel again, or 1 where there is nothing to mask. */
const remake = (mask: Mask, T: string, channel: string): string =>
  when(
    mask === 'input',
    wgsl`let gain = select(${T}(0), invStd[${channel}] * weight[${channel}], params.masked != 0u);
  let shift = select(${T}(1), bias[${channel}], params.masked != 0u);`,
  );

/** WGSL declarations of the pair of sums that rows are reduced to, and of its addition. */
const sumsOf = (T: string): string => wgsl`
struct Sums { dy: ${T}, dyx: ${T} }
fn plus(a: Sums, b: Sums) -> Sums { return Sums(a.dy + b.dy, a.dyx + b.dyx); }`;

const reduction = { type: 'Sums', merge: 'plus' } as const;

/** Which results of the sums are asked for; `coefficients` are what dx needs of each channel in batch mode. */
export interface SumResults {
  readonly dWeight: boolean;
  readonly dBias: boolean;
  readonly coefficients: boolean;
}

const sumOutputs = (T: string, { dWeight, dBias, coefficients }: SumResults) => ({
  ...(dWeight ? { dWeight: write(T) } : {}),
  ...(dBias ? { dBias: write(T) } : {}),
  ...(coefficients ? { coefficients: write(T) } : {}),
});

/** WGSL of what becomes of the sums over all rows, `total`: dBias = Σdy, dWeight = Σdy·x̂ and coefficients [3, channels]. */
const writeResults = ({
  dWeight,
  dBias,
  coefficients,
}: SumResults): string => wgsl`let inverse = invStd[channel];
    ${when(dWeight, 'dWeight[channel] = total.dyx * inverse;')}
    ${when(dBias, 'dBias[channel] = total.dy;')}
    ${when(
      coefficients,
      wgsl`let rows = f32(params.rows);
    coefficients[channel] = weight[channel] * inverse;
    coefficients[params.channels + channel] = total.dy / rows;
    coefficients[2u * params.channels + channel] = total.dyx * inverse * inverse / rows;`,
    )}`;

/** WGSL of what becomes of the sums over a part, `total`: a row of partials [parts, 2, channels]. */
const writePartial = wgsl`let at = (params.firstPart + part) * 2u * params.channels + channel;
    partials[at] = total.dy;
    partials[at + params.channels] = total.dyx;`;

/**
 * Σdy and Σdy·(x − mean): those of each part into partials [parts, 2, channels], or, where there is one part and so
 * `results` are given, what `mergeSumsKernel` makes of them.
 */
const sumsKernel = (grouping: Grouping, width: Width, mask: Mask, results: SumResults | undefined) => {
  const T = floats(width);
  const { lanes, threads } = REDUCTION[grouping];
  const columns = mergeOfThreads(reduction, { lanes, threads });
  return defineKernel<string, string>({
    name: `batch-norm.backward.sums ${T}${results ? '' : ' partials'}${mask === 'none' ? '' : ` relu by ${mask}`}`,
    bindings: {
      dy: read(T),
      x: read(T),
      mean: read(T),
      ...(mask === 'input' || results ? { invStd: read(T) } : {}),
      ...(mask === 'input' || results?.coefficients ? { weight: read(T) } : {}),
      ...maskBindings(mask, T),
      ...(results ? sumOutputs(T, results) : { partials: write(T) }),
    },
    params: {
      rows: 'u32',
      channels: 'u32',
      walk: 'u32',
      masked: 'u32',
      ...(results ? {} : { firstPart: 'u32' }),
    },
    workgroupSize: [lanes, threads],
    builtins: tileBuiltins,
    declarations: wgsl`${sumsOf(T)}
${columns.declaration}`,
    body: wgsl`
  let channel = workgroup.x * ${lanes}u + local.x;
  let part = ${blockOfTile};
  // Threads past the last channel repeat it: all must reach the barrier.
  let column = min(channel, params.channels - 1u);
  var total = Sums(${T}(0), ${T}(0));
  let first = (part * ${threads}u + local.y) * params.walk;
  var i = first * params.channels + column;
  let center = mean[column];
  ${remake(mask, T, 'column')}
  let end = min(first + params.walk, params.rows);
  for (var row = first; row < end; row += ${BLOCK}u) {
    let count = min(end - row, ${BLOCK}u);
    var sums = Sums(${T}(0), ${T}(0));
    for (var k = 0u; k < count; k++) {
      let deviation = x[i] - center;
      let g = ${gradient(mask, T)};
      sums = Sums(sums.dy + g, sums.dyx + g * deviation);
      i += params.channels;
    }
    total = plus(total, sums);
  }
  ${columns.share}
  if (${columns.isFirst}channel < params.channels) {
    ${columns.collect}
    ${results ? writeResults(results) : writePartial}
  }`,
  });
};

/** Partial sums, for `mergeSumsKernel`. */
export const partialSumsKernel = memoizeKernel((grouping: Grouping, width: Width, mask: Mask) =>
  sumsKernel(grouping, width, mask, undefined),
);

/** The sums of few rows, in one pass. */
export const wholeSumsKernel = memoizeKernel(
  (grouping: Grouping, width: Width, mask: Mask, dWeight: boolean, dBias: boolean, coefficients: boolean) =>
    sumsKernel(grouping, width, mask, { dWeight, dBias, coefficients }),
);

/** Adds partials [parts, 2, channels] up, and writes what is asked for. */
export const mergeSumsKernel = memoizeKernel(
  (grouping: Grouping, width: Width, dWeight: boolean, dBias: boolean, coefficients: boolean) => {
    const T = floats(width);
    const { lanes, threads } = mergeWorkgroup(grouping);
    const columns = mergeOfThreads(reduction, { lanes, threads });
    const results = { dWeight, dBias, coefficients };
    return defineKernel<string, 'rows' | 'channels' | 'parts'>({
      name: `batch-norm.backward.merge ${T}`,
      bindings: {
        partials: read(T),
        invStd: read(T),
        ...(coefficients ? { weight: read(T) } : {}),
        ...sumOutputs(T, results),
      },
      params: { rows: 'u32', channels: 'u32', parts: 'u32' },
      workgroupSize: [lanes, threads],
      builtins: tileBuiltins,
      declarations: wgsl`${sumsOf(T)}
${columns.declaration}`,
      body: wgsl`
  let channel = workgroup.x * ${lanes}u + local.x;
  let column = min(channel, params.channels - 1u);
  var total = Sums(${T}(0), ${T}(0));
  for (var part = local.y; part < params.parts; part += ${threads}u) {
    let at = part * 2u * params.channels + column;
    total = plus(total, Sums(partials[at], partials[at + params.channels]));
  }
  ${columns.share}
  if (${columns.isFirst}channel < params.channels) {
    ${columns.collect}
    ${writeResults(results)}
  }`,
    });
  },
);

/**
 * dx and dResidual in one pass. In batch mode dx = scale·(dy − mean(dy) − (x − mean)·slope), with scale, mean(dy) and
 * slope = invStd²·mean(dy·(x − mean)) from `coefficients`; in running mode dx = weight·invStd·dy.
 */
export const inputGradientKernel = memoizeKernel(
  (width: Width, mask: Mask, dx: 'batch' | 'running' | 'none', dResidual: boolean) => {
    const T = floats(width);
    const readsInput = dx === 'batch' || mask === 'input';
    return defineKernel<string, 'rows' | 'channels' | 'walk' | 'masked'>({
      name: `batch-norm.backward.input ${T} ${dx}${mask === 'none' ? '' : ` relu by ${mask}`}${dResidual ? ' + residual' : ''}`,
      bindings: {
        dy: read(T),
        ...(readsInput ? { x: read(T), mean: read(T) } : {}),
        ...(dx === 'running' || mask === 'input' ? { invStd: read(T), weight: read(T) } : {}),
        ...maskBindings(mask, T),
        ...(dx === 'batch' ? { coefficients: read(T) } : {}),
        ...(dx === 'none' ? {} : { dx: write(T) }),
        ...(dResidual ? { dResidual: write(T) } : {}),
      },
      params: { rows: 'u32', channels: 'u32', walk: 'u32', masked: 'u32' },
      workgroupSize: tileWorkgroup,
      builtins: tileBuiltins,
      body: wgsl`
  let channel = ${channelOfTile};
  if (channel >= params.channels) { return; }
  let first = (${blockOfTile} * ${ROW_THREADS}u + local.y) * params.walk;
  ${when(readsInput, 'let center = mean[channel];')}
  ${remake(mask, T, 'channel')}
  ${when(dx === 'running', 'let scale = weight[channel] * invStd[channel];')}
  ${when(
    dx === 'batch',
    wgsl`let scale = coefficients[channel];
  let meanDy = coefficients[params.channels + channel];
  let slope = coefficients[2u * params.channels + channel];`,
  )}
  let end = min(first + params.walk, params.rows);
  var i = first * params.channels + channel;
  for (var row = first; row < end; row++) {
    ${when(readsInput, 'let deviation = x[i] - center;')}
    let g = ${gradient(mask, T)};
    ${when(dx === 'batch', 'dx[i] = scale * (g - meanDy - deviation * slope);')}
    ${when(dx === 'running', 'dx[i] = scale * g;')}
    ${when(dResidual, 'dResidual[i] = g;')}
    i += params.channels;
  }`,
    });
  },
);
