/**
 * Max-pool backwards as a gather: each input pixel looks at the windows over it and takes their gradient where it was
 * the tap chosen. No two threads write one place, so no atomics are needed and the order of additions is fixed. Conditions
 * are joined without branches, as in `smallBackwardKernel`.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { builtins, LANES, PIXELS, pixelOfThread, unrolledOrLoop } from './tile.ts';

/** dx [N·H, W, C] from dy and `argmax` [N·oH, oW, C], the latter as the forward kernel of the same width writes it. */
export const backwardKernel = memoizeKernel(
  (width: Width, kernel: number, stride: number, padding: number) => {
    const T = floats(width);
    const reach = Math.ceil(kernel / stride);
    const window = (a: string, b: number) => wgsl`
  {
    let above = outRow - ${a};
    let left = outColumn - ${b};
    let tapRow = tapTop + ${a} * ${stride};
    let tapColumn = tapLeft + ${b * stride};
    let inside = (above >= 0) & (above < i32(params.outHeight)) & (left >= 0) & (left < i32(params.outWidth));
    if (inside & (tapRow < ${kernel}) & (tapColumn < ${kernel})) {
      let at = ((image + u32(above)) * params.outWidth + u32(left)) * params.channels + channel;
      let tap = u32(tapRow * ${kernel} + tapColumn);
      sum += select(${T}(0), dy[at], ${width === 4 ? '((vec4u(argmax[at]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)) == vec4u(tap)' : 'argmax[at] == tap'});
    }
  }`;
    return defineKernel({
      name: `max-pool.backward ${T} ${kernel}/${stride}/${padding}`,
      bindings: { dy: read(T), argmax: read('u32'), dx: write(T) },
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
      body: wgsl`
${pixelOfThread('width')}
  // The last window whose first tap is not past this pixel, and the pixel's tap in it; earlier windows see it later.
  let y = i32(row % params.height) + ${padding};
  let x = i32(column) + ${padding};
  let outRow = y / ${stride};
  let outColumn = x / ${stride};
  let tapTop = y % ${stride};
  let tapLeft = x % ${stride};
  let image = row / params.height * params.outHeight;
  var sum = ${T}(0);
${unrolledOrLoop(reach, (a) => unroll(reach, (b) => window(a, b)))}
  dx[(row * params.width + column) * params.channels + channel] = sum;`,
    });
  },
);
