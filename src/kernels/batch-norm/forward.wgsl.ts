/** Normalisation with the affine map, the residual addition and ReLU in one pass: every element is read once. */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { BLOCK, blockOfTile, channelOfTile, ROWS, tileBuiltins, tileWorkgroup } from './tile.ts';

/** y = (x − mean)·invStd·weight + bias [+ residual] [then ReLU, which keeps NaN]. */
export const forwardKernel = memoizeKernel((width: Width, residual: boolean, relu: boolean) => {
  const T = floats(width);
  return defineKernel<string, 'rows' | 'channels'>({
    name: `batch-norm.forward ${T}${residual ? ' + residual' : ''}${relu ? ' relu' : ''}`,
    bindings: {
      x: read(T),
      mean: read(T),
      invStd: read(T),
      weight: read(T),
      bias: read(T),
      ...(residual ? { residual: read(T) } : {}),
      y: write(T),
    },
    params: { rows: 'u32', channels: 'u32' },
    workgroupSize: tileWorkgroup,
    builtins: tileBuiltins,
    declarations: wgsl`
fn normalise(i: u32, center: ${T}, scale: ${T}, shift: ${T}) {
  let value = (x[i] - center) * scale + shift${residual ? ' + residual[i]' : ''};
  y[i] = ${relu ? `select(value, ${T}(0), value <= ${T}(0))` : 'value'};
}`,
    body: wgsl`
  let channel = ${channelOfTile};
  if (channel >= params.channels) { return; }
  let row = ${blockOfTile} * ${BLOCK}u + local.y * ${ROWS}u;
  let at = row * params.channels + channel;
  let center = mean[channel];
  let scale = invStd[channel] * weight[channel];
  let shift = bias[channel];
${unroll(ROWS, (k) => `  if (row + ${k}u < params.rows) { normalise(at + ${k}u * params.channels, center, scale, shift); }`)}`,
  });
});
