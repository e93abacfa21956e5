/**
 * Batch norm backwards: one paired reduction over the rows (Σdy and Σdy·(x − mean)) where something needs it, then
 * one pass for dx and the residual's gradient. A fused ReLU masks dy on the way in, by the sign of the result y.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { MERGE_LANES, MERGE_PARTS } from './statistics.wgsl.ts';
import { ROWS } from './parts.ts';
import {
  blockOfTile,
  channelOfTile,
  LANES,
  ROW_THREADS,
  tileBuiltins,
  tileWorkgroup,
  walkRows,
} from './tile.ts';

/** WGSL of dy[i], or 0 where the fused ReLU gave 0. */
const gradient = (T: string, relu: boolean): string =>
  relu ? `select(dy[i], ${T}(0), y[i] <= ${T}(0))` : 'dy[i]';

/** WGSL declarations of the pair of sums, and of its addition. */
const sumsOf = (T: string): string => wgsl`
struct Sums { dy: ${T}, dyx: ${T} }
fn plus(a: Sums, b: Sums) -> Sums { return Sums(a.dy + b.dy, a.dyx + b.dyx); }`;

/** partials [parts, 2, channels] = Σdy and Σdy·(x − mean) over each part, as in `partialMomentsKernel`. */
export const partialSumsKernel = memoizeKernel((width: Width, relu: boolean) => {
  const T = floats(width);
  return defineKernel<string, 'rows' | 'channels' | 'walk' | 'firstPart'>({
    name: `batch-norm.backward.partial ${T}${relu ? ' relu' : ''}`,
    bindings: {
      dy: read(T),
      ...(relu ? { y: read(T) } : {}),
      x: read(T),
      mean: read(T),
      partials: write(T),
    },
    params: { rows: 'u32', channels: 'u32', walk: 'u32', firstPart: 'u32' },
    workgroupSize: tileWorkgroup,
    builtins: tileBuiltins,
    declarations: wgsl`${sumsOf(T)}
var<workgroup> columns: array<array<Sums, ${LANES}>, ${ROW_THREADS}>;
fn term(i: u32, center: ${T}) -> Sums {
  let g = ${gradient(T, relu)};
  return Sums(g, g * (x[i] - center));
}`,
    body: wgsl`
  let channel = ${channelOfTile};
  let part = ${blockOfTile};
  // Threads past the last channel repeat it: all must reach the barrier.
  let column = min(channel, params.channels - 1u);
  let center = mean[column];
  var total = Sums(${T}(0), ${T}(0));
  let first = (part * ${ROW_THREADS}u + local.y) * params.walk;
  for (var step = 0u; step < params.walk; step += ${ROWS}u) {
    let row = first + step;
    if (row >= params.rows) { break; }
    let at = row * params.channels + column;
    var sums = term(at, center);
${unroll(ROWS - 1, (k) => `    if (row + ${k + 1}u < params.rows) { sums = plus(sums, term(at + ${k + 1}u * params.channels, center)); }`)}
    total = plus(total, sums);
  }
  columns[local.y][local.x] = total;
  workgroupBarrier();
  if (local.y == 0u && channel < params.channels) {
${unroll(ROW_THREADS - 1, (k) => `    total = plus(total, columns[${k + 1}][local.x]);`)}
    let at = (params.firstPart + part) * 2u * params.channels + channel;
    partials[at] = total.dy;
    partials[at + params.channels] = total.dyx;
  }`,
  });
});

/**
 * Adds partials [parts, 2, channels] up, and writes dBias = Σdy, dWeight = Σdy·x̂ and, with `coefficients`
 * [3, channels], what dx needs of each channel in batch mode.
 */
export const mergeSumsKernel = memoizeKernel(
  (width: Width, dWeight: boolean, dBias: boolean, coefficients: boolean) => {
    const T = floats(width);
    return defineKernel<string, 'rows' | 'channels' | 'parts'>({
      name: `batch-norm.backward.merge ${T}`,
      bindings: {
        partials: read(T),
        invStd: read(T),
        ...(dWeight ? { dWeight: write(T) } : {}),
        ...(dBias ? { dBias: write(T) } : {}),
        ...(coefficients ? { weight: read(T), coefficients: write(T) } : {}),
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
}
  }`,
    });
  },
);

/**
 * dx and dResidual in one pass. In batch mode dx = scale·(dy − mean(dy) − (x − mean)·slope), with scale, mean(dy) and
 * slope = invStd²·mean(dy·(x − mean)) from `coefficients`; in running mode dx = weight·invStd·dy.
 */
export const inputGradientKernel = memoizeKernel(
  (width: Width, relu: boolean, dx: 'batch' | 'running' | 'none', dResidual: boolean) => {
    const T = floats(width);
    const setup = {
      batch: wgsl`
  let center = mean[channel];
  let scale = coefficients[channel];
  let meanDy = coefficients[params.channels + channel];
  let slope = coefficients[2u * params.channels + channel];`,
      running: '  let scale = weight[channel] * invStd[channel];',
      none: '',
    }[dx];
    const row = wgsl`
    let g = ${gradient(T, relu)};
    ${dx === 'batch' ? 'dx[i] = scale * (g - meanDy - (x[i] - center) * slope);' : ''}
    ${dx === 'running' ? 'dx[i] = scale * g;' : ''}
    ${dResidual ? 'dResidual[i] = g;' : ''}`;
    return defineKernel<string, 'rows' | 'channels' | 'walk'>({
      name: `batch-norm.backward.input ${T} ${dx}${relu ? ' relu' : ''}${dResidual ? ' + residual' : ''}`,
      bindings: {
        dy: read(T),
        ...(relu ? { y: read(T) } : {}),
        ...(dx === 'batch' ? { x: read(T), mean: read(T), coefficients: read(T) } : {}),
        ...(dx === 'running' ? { invStd: read(T), weight: read(T) } : {}),
        ...(dx === 'none' ? {} : { dx: write(T) }),
        ...(dResidual ? { dResidual: write(T) } : {}),
      },
      params: { rows: 'u32', channels: 'u32', walk: 'u32' },
      workgroupSize: tileWorkgroup,
      builtins: tileBuiltins,
      body: walkRows(setup, row),
    });
  },
);
