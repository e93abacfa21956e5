/** Normalisation with the affine map, the residual addition and ReLU in one pass: every element is read once. */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { tileBuiltins, tileWorkgroup, walkRows } from './tile.ts';

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
    body: walkRows(
      wgsl`
  let center = mean[channel];
  let scale = invStd[channel] * weight[channel];
  let shift = bias[channel];
  let relu = ${width === 4 ? 'vec4<bool>' : ''}(params.relu != 0u);`,
      wgsl`
    let value = (x[i] - center) * scale + shift${residual ? ' + residual[i]' : ''};
    y[i] = select(value, ${T}(0), relu & (value <= ${T}(0)));`,
    ),
  });
});
