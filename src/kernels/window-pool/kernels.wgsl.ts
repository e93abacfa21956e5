/**
 * Pools over any window: a thread computes one vector of channels of one pixel. Threads side by side have neighbouring channels.
 * Sizes are parameters, so one kernel serves all windows. Backwards is a gather: a pixel looks for the windows that have seen it,
 * so no two threads write one place. Places before the image wrap round, and so lie past its end.
 */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../gpu/index.ts';
import { floats, isNaNWgsl, type Width } from '../vectors.ts';
import { elementAThread, THREADS, windowParams } from '../sliding.wgsl.ts';

/** Counts and channels are of vectors. */
const params = windowParams;

const itemOfThread = wgsl`
  let item = ${workgroupNumber()} * ${THREADS}u + thread;
  if (item >= params.count) { return; }
  let channel = item % params.channels;
  let pixel = item / params.channels;`;

/** WGSL that runs `tap` for each pixel that an output's window sees: `value` is what stands there. */
const windowOfOutput = (tap: string): string => wgsl`
  let outRow = pixel / params.outWidth;
  let image = outRow / params.outHeight;
  let top = outRow % params.outHeight * params.strideY - params.top;
  let left = pixel % params.outWidth * params.strideX - params.left;
  for (var i = 0u; i < params.r; i++) {
    let row = top + i * params.dilationY;
    if (row >= params.height) { continue; }
    for (var j = 0u; j < params.s; j++) {
      let column = left + j * params.dilationX;
      if (column >= params.width) { continue; }
      let value = x[((image * params.height + row) * params.width + column) * params.channels + channel];
      ${tap}
    }
  }`;

/** WGSL that runs `window` for each output that has seen a pixel by tap (i, j): `at` is its place, in row y and column x of the outputs. */
const windowsOfPixel = (window: string): string => wgsl`
  let imageRow = pixel / params.width;
  let image = imageRow / params.height;
  let bottom = imageRow % params.height + params.top;
  let right = pixel % params.width + params.left;
  for (var i = 0u; i < params.r; i++) {
    let down = bottom - i * params.dilationY;
    let y = down / params.strideY;
    if (i * params.dilationY > bottom || down % params.strideY != 0u || y >= params.outHeight) { continue; }
    for (var j = 0u; j < params.s; j++) {
      let across = right - j * params.dilationX;
      let x = across / params.strideX;
      if (j * params.dilationX > right || across % params.strideX != 0u || x >= params.outWidth) { continue; }
      let at = ((image * params.outHeight + y) * params.outWidth + x) * params.channels + channel;
      ${window}
    }
  }`;

const unsigned = (width: Width): 'u32' | 'vec4u' => (width === 4 ? 'vec4u' : 'u32');

/** y = maxima; with `argmax` the tap i · s + j of each, 2³² − 1 where a window sees no pixel. As in PyTorch the first of equal taps wins, and NaN beats everything. */
export const maxForward = memoizeKernel((width: Width, argmax: boolean) => {
  const [T, U] = [floats(width), unsigned(width)];
  return defineKernel<string, keyof typeof params | 'lowest'>({
    ...elementAThread,
    name: `window-pool.max ${T}${argmax ? ' argmax' : ''}`,
    bindings: { x: read(T), y: write(T), ...(argmax ? { argmax: write(U) } : {}) },
    // Minus infinity, which WGSL has no number for.
    params: { ...params, lowest: 'f32' },
    declarations: isNaNWgsl(width),
    body: wgsl`
${itemOfThread}
  var best = ${T}(params.lowest);
  var chosen = ${U}(0xffffffffu);
${windowOfOutput(wgsl`let take = (value > best) | isNaN(value) | (chosen == ${U}(0xffffffffu));
      best = select(best, value, take);
      chosen = select(chosen, ${U}(i * params.s + j), take);`)}
  y[item] = best;
  ${argmax ? 'argmax[item] = chosen;' : ''}`,
  });
});

/** dx from dy and the forward kernel's `argmax`. */
export const maxBackward = memoizeKernel((width: Width) => {
  const [T, U] = [floats(width), unsigned(width)];
  return defineKernel({
    ...elementAThread,
    name: `window-pool.max-backward ${T}`,
    bindings: { dy: read(T), argmax: read(U), dx: write(T) },
    params,
    body: wgsl`
${itemOfThread}
  var sum = ${T}();
${windowsOfPixel(`sum += select(${T}(), dy[at], argmax[at] == ${U}(i * params.s + j));`)}
  dx[item] = sum;`,
  });
});

const averageParams = {
  ...params,
  /** Height and width of the padded image where padding counts, 0 where it does not. */
  paddedHeight: 'u32',
  paddedWidth: 'u32',
  /** What to divide by, 0 where it is counted. */
  divisor: 'f32',
} as const;

/** WGSL of what the sum of the window in row y and column x of the outputs is divided by, for windows without dilation. */
const divisor = wgsl`
fn inside(start: u32, taps: u32, padding: u32, length: u32) -> u32 {
  return max(min(start + taps, padding + length), padding) - min(max(start, padding), padding + length);
}
fn divisorOf(y: u32, x: u32) -> f32 {
  if (params.divisor != 0.0) { return params.divisor; }
  let top = y * params.strideY;
  let left = x * params.strideX;
  if (params.paddedHeight != 0u) {
    return f32((min(top + params.r, params.paddedHeight) - top) * (min(left + params.s, params.paddedWidth) - left));
  }
  return f32(max(1u, inside(top, params.r, params.top, params.height) * inside(left, params.s, params.left, params.width)));
}`;

/** y = the means of windows. */
export const averageForward = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineKernel({
    ...elementAThread,
    name: `window-pool.average ${T}`,
    bindings: { x: read(T), y: write(T) },
    params: averageParams,
    declarations: divisor,
    body: wgsl`
${itemOfThread}
  var sum = ${T}();
${windowOfOutput('sum += value;')}
  y[item] = sum / divisorOf(outRow % params.outHeight, pixel % params.outWidth);`,
  });
});

/** dx: of each window that has seen a pixel its share of dy. */
export const averageBackward = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineKernel({
    ...elementAThread,
    name: `window-pool.average-backward ${T}`,
    bindings: { dy: read(T), dx: write(T) },
    params: averageParams,
    declarations: divisor,
    body: wgsl`
${itemOfThread}
  var sum = ${T}();
${windowsOfPixel('sum += dy[at] / divisorOf(y, x);')}
  dx[item] = sum;`,
  });
});
