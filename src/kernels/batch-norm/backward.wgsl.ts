/**
 * Batch norm backwards: one paired reduction over the rows (Σdy and Σdy·(x − mean)) where something needs it, then
 * one pass for dx and the residual's gradient. A fused ReLU masks dy on the way in, by the sign of the result.
 */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { MERGE_LANES, MERGE_PARTS } from './statistics.wgsl.ts';
import {
  reduceRows,
  reductionColumns,
  tileBuiltins,
  tileWorkgroup,
  walkRows,
  writePartials,
} from './tile.ts';

/**
 * What tells where a fused ReLU gave 0: nothing was fused, the result `y`, or the normalised input made once more, which
 * saves reading y where x is read anyway; that needs `bias`, and no residual in between.
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

/** WGSL declarations of the pair of sums, and of its addition. */
const sumsOf = (T: string): string => wgsl`
struct Sums { dy: ${T}, dyx: ${T} }
fn plus(a: Sums, b: Sums) -> Sums { return Sums(a.dy + b.dy, a.dyx + b.dyx); }`;

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

/** dBias = Σdy, dWeight = Σdy·x̂ and coefficients [3, channels]. */
const finishSums = ({ dWeight, dBias, coefficients }: SumResults): string => wgsl`
    let inverse = invStd[channel];
${dWeight ? '    dWeight[channel] = total.dyx * inverse;' : ''}
${dBias ? '    dBias[channel] = total.dy;' : ''}
${
  coefficients
    ? `    let rows = f32(params.rows);
    coefficients[channel] = weight[channel] * inverse;
    coefficients[params.channels + channel] = total.dy / rows;
    coefficients[2u * params.channels + channel] = total.dyx * inverse * inverse / rows;`
    : ''
}`;

/**
 * Σdy and Σdy·(x − mean): those of each part into partials [parts, 2, channels], or, where there is one part and so
 * `results` are given, what `mergeSumsKernel` makes of them.
 */
const sumsKernel = (width: Width, mask: Mask, results: SumResults | undefined) => {
  const T = floats(width);
  const reduction = {
    name: 'Sums',
    zero: `Sums(${T}(0), ${T}(0))`,
    fields: ['dy', 'dyx'],
    merge: 'plus',
  } as const;
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
    params: { rows: 'u32', channels: 'u32', walk: 'u32', ...(results ? {} : { firstPart: 'u32' }) },
    workgroupSize: tileWorkgroup,
    builtins: tileBuiltins,
    declarations: wgsl`${sumsOf(T)}
${reductionColumns(reduction)}`,
    body: reduceRows(reduction, {
      setup: wgsl`
  let center = mean[column];
${mask === 'input' ? '  let gain = invStd[column] * weight[column];\n  let shift = bias[column];' : ''}`,
      row: wgsl`
    let deviation = x[i] - center;
    let g = ${gradient(mask, T)};
    total = Sums(total.dy + g, total.dyx + g * deviation);`,
      finish: results ? finishSums(results) : writePartials(reduction),
    }),
  });
};

/** Partial sums, for `mergeSumsKernel`. */
export const partialSumsKernel = memoizeKernel((width: Width, mask: Mask) =>
  sumsKernel(width, mask, undefined),
);

/** The sums of few rows, in one pass. */
export const wholeSumsKernel = memoizeKernel(
  (width: Width, mask: Mask, dWeight: boolean, dBias: boolean, coefficients: boolean) =>
    sumsKernel(width, mask, { dWeight, dBias, coefficients }),
);

/** Adds partials [parts, 2, channels] up, and writes what is asked for. */
export const mergeSumsKernel = memoizeKernel(
  (width: Width, dWeight: boolean, dBias: boolean, coefficients: boolean) => {
    const T = floats(width);
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
      workgroupSize: [MERGE_LANES, MERGE_PARTS],
      builtins: tileBuiltins,
      declarations: wgsl`${sumsOf(T)}
var<workgroup> columns: array<array<Sums, ${MERGE_LANES}>, ${MERGE_PARTS}>;`,
      body: wgsl`
  let channel = workgroup.x * ${MERGE_LANES}u + local.x;
  let column = min(channel, params.channels - 1u);
  var total = Sums(${T}(0), ${T}(0));
  for (var part = local.y; part < params.parts; part += ${MERGE_PARTS}u) {
    let at = part * 2u * params.channels + column;
    total = plus(total, Sums(partials[at], partials[at + params.channels]));
  }
  columns[local.y][local.x] = total;
  workgroupBarrier();
  if (local.y == 0u && channel < params.channels) {
    for (var k = 1u; k < ${MERGE_PARTS}u; k++) { total = plus(total, columns[k][local.x]); }
${finishSums(results)}
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
    const setup = [
      ...(readsInput ? ['  let center = mean[channel];'] : []),
      ...(mask === 'input'
        ? ['  let gain = invStd[channel] * weight[channel];', '  let shift = bias[channel];']
        : []),
      ...(dx === 'running' ? ['  let scale = weight[channel] * invStd[channel];'] : []),
      ...(dx === 'batch'
        ? [
            '  let scale = coefficients[channel];',
            '  let meanDy = coefficients[params.channels + channel];',
            '  let slope = coefficients[2u * params.channels + channel];',
          ]
        : []),
    ];
    const row = [
      ...(readsInput ? ['    let deviation = x[i] - center;'] : []),
      `    let g = ${gradient(mask, T)};`,
      ...(dx === 'batch' ? ['    dx[i] = scale * (g - meanDy - deviation * slope);'] : []),
      ...(dx === 'running' ? ['    dx[i] = scale * g;'] : []),
      ...(dResidual ? ['    dResidual[i] = g;'] : []),
    ];
    return defineKernel<string, 'rows' | 'channels' | 'walk'>({
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
      params: { rows: 'u32', channels: 'u32', walk: 'u32' },
      workgroupSize: tileWorkgroup,
      builtins: tileBuiltins,
      body: walkRows(setup.join('\n'), row.join('\n')),
    });
  },
);
