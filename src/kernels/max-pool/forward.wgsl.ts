/**
 * Max-pool forwards: a thread computes one output pixel in one vector of channels. Taps outside the image are moved
 * to its edge, which is inside the same window: they repeat a value, so they change neither the maximum nor which
 * tap is first to reach it, and no load needs a condition.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';
import { dtypeLabel, stored, type Dtype } from '../dtype.ts';
import { floats, isNaNWgsl, type Width } from '../vectors.ts';
import { builtins, LANES, PIXELS, pixelOfThread, unrolledOrLoop } from './tile.ts';

/**
 * y [N·oH, oW, C] = maxima; with `argmax`, the tap r·kernel + s that each came from, four channels a word where
 * width is 4. As in PyTorch the first of equal taps wins, and NaN beats everything.
 */
export const forwardKernel = memoizeKernel(
  (width: Width, kernel: number, stride: number, padding: number, argmax: boolean, dtype: Dtype) => {
    const T = floats(width);
    const S = stored(width, dtype);
    const U = width === 4 ? 'vec4u' : 'u32';
    const tap = (s: number) => wgsl`
    value = ${T}(x[start + column${s} * params.channels]);
    take = (value > best) | isNaN(value);
    best = select(best, value, take);
${argmax ? `    chosen = select(chosen, ${U}(tapRow + tapColumn${s}), take);` : ''}`;
    const tapsOfRow = (r: string) => wgsl`
  {
    let inY = clamp(top + ${r}, 0, i32(params.height) - 1);
    let start = (image + u32(inY)) * params.width * params.channels + channel;
${argmax ? `    let tapRow = u32(inY - top) * ${kernel}u;` : ''}
${unroll(kernel, tap)}
  }`;
    return defineKernel<string, 'rows' | 'height' | 'width' | 'outHeight' | 'outWidth' | 'channels'>({
      name: `max-pool.forward ${T} ${kernel}/${stride}/${padding}${argmax ? ' argmax' : ''}${dtypeLabel(dtype)}`,
      bindings: { x: read(S), y: write(S), ...(argmax ? { argmax: write('u32') } : {}) },
      params: {
        rows: 'u32',
        height: 'u32',
        width: 'u32',
        outHeight: 'u32',
        outWidth: 'u32',
        channels: 'u32',
      },
      workgroupSize: [LANES, PIXELS],
      builtins,
      declarations: isNaNWgsl(width),
      body: wgsl`
${pixelOfThread('outWidth')}
  let top = i32(row % params.outHeight) * ${stride} - ${padding};
  let left = i32(column) * ${stride} - ${padding};
  let image = row / params.outHeight * params.height;
${unroll(kernel, (s) => `  let column${s} = u32(clamp(left + ${s}, 0, i32(params.width) - 1));`)}
${argmax ? unroll(kernel, (s) => `  let tapColumn${s} = u32(i32(column${s}) - left);`) : ''}
  var value = ${T}(x[(image + u32(max(top, 0))) * params.width * params.channels + channel + column0 * params.channels]);
  var best = value;
  var take = isNaN(value);
${argmax ? `  var chosen = ${U}(u32(max(top, 0) - top) * ${kernel}u + tapColumn0);` : ''}
${unrolledOrLoop(kernel, tapsOfRow)}
  let at = (row * params.outWidth + column) * params.channels + channel;
  y[at] = ${S}(best);
${argmax ? `  argmax[at] = ${width === 4 ? 'dot(chosen, vec4u(1u, 1u << 8u, 1u << 16u, 1u << 24u))' : 'chosen'};` : ''}`,
    });
  },
);
