/** Normalisation with the affine map, the residual addition and ReLU in one pass: every element is read once. */
import { defineKernel, memoizeKernel, read, wgsl, when, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { blockOfTile, channelOfTile, ROW_THREADS, tileBuiltins, tileWorkgroup } from './tile.ts';

/** y = (x − mean)·invStd·weight + bias [+ residual], then ReLU, which keeps NaN, where `params.relu` is 1. */
export const forwardKernel = memoizeKernel((width: Width, residual: boolean) => {
  const T = floats(width);
  return defineKernel<string, 'rows' | 'channels' | 'walk' | 'relu'>({
    name: `batch-norm.forward ${T}${residual ? ' + residual' : ''}`,
    bindings: {
      x: read(T),
      mean: read(T),
      invStd: read(T),
      weight: read(T),
      bias: read(T),
      ...(residual ? { residual: read(T) } : {}),
      y: write(T),
    },
    params: { rows: 'u32', channels: 'u32', walk: 'u32', relu: 'u32' },
    workgroupSize: tileWorkgroup,
    builtins: tileBuiltins,
    body: wgsl`
  let channel = ${channelOfTile};
  if (channel >= params.channels) { return; }
  let first = (${blockOfTile} * ${ROW_THREADS}u + local.y) * params.walk;
  let center = mean[channel];
  let scale = invStd[channel] * weight[channel];
  let shift = bias[channel];
  let relu = ${when(width === 4, 'vec4<bool>')}(params.relu != 0u);
  let end = min(first + params.walk, params.rows);
  var i = first * params.channels + channel;
  for (var row = first; row < end; row++) {
    let value = (x[i] - center) * scale + shift${when(residual, ' + residual[i]')};
    y[i] = select(value, ${T}(0), relu & (value <= ${T}(0)));
    i += params.channels;
  }`,
  });
});
