/**
 * Max-pool forwards with a small window. Loads are what it costs, and neighbouring windows overlap: so a thread computes
 * two rows of the result at once and walks along them, keeps the columns that the next window shares with this one, and
 * has for each column only its maximum. A 3×3 window of stride 2 then takes 5 loads in place of 9.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { builtins, LANES, ROWS, runOfThread, runParams, RUNS } from './walk.ts';

/**
 * y and `argmax` as `forwardKernel` gives them. Taps outside the image are moved to its edge, inside the same window,
 * as there.
 */
export const smallForwardKernel = memoizeKernel(
  (width: Width, kernel: number, stride: number, padding: number, argmax: boolean) => {
    const T = floats(width);
    const U = width === 4 ? 'vec4u' : 'u32';
    const shared = Math.max(kernel - stride, 0);
    const inputRows = (ROWS - 1) * stride + kernel;
    /** The maxima of column s of the window at `left`, one for each row of the result. */
    const column = (s: number) => wgsl`
    let at${s} = u32(clamp(left + ${s}, 0, i32(params.width) - 1)) * params.channels;
${unroll(inputRows, (k) => `    let x${s}${k} = x[start${k} + at${s}];`)}
${unroll(ROWS, (r) => {
  const first = `Tap(x${s}${r * stride}, ${U}(row${r}0))`;
  const maximum = Array.from({ length: kernel - 1 }, (_, k) => k + 1).reduce(
    (best, k) => `below(${best}, x${s}${r * stride + k}, row${r}${k})`,
    first,
  );
  return `    let column${s}${r} = ${maximum};`;
})}`;
    const columnOf = (s: number, r: number) => (s < shared ? `kept${s}${r}` : `column${s}${r}`);
    const result = (r: number) => wgsl`
    if (row + ${r}u < params.outHeight) {
      var best = ${columnOf(0, r)};
      var chosen = ${U}(u32(max(-left, 0)));
${unroll(
  kernel - 1,
  (s) => wgsl`
      let take${s + 1} = beats(${columnOf(s + 1, r)}, best);
      best.value = select(best.value, ${columnOf(s + 1, r)}.value, take${s + 1});
      best.row = select(best.row, ${columnOf(s + 1, r)}.row, take${s + 1});
      chosen = select(chosen, ${U}(u32(min(left + ${s + 1}, i32(params.width) - 1) - left)), take${s + 1});`,
)}
      let to = (outStart + ${r}u * params.outWidth + column) * params.channels + channel;
      y[to] = best.value;
${argmax ? `      chosen += best.row * ${kernel}u;\n      argmax[to] = ${width === 4 ? 'dot(chosen, vec4u(1u, 1u << 8u, 1u << 16u, 1u << 24u))' : 'chosen'};` : ''}
    }`;
    return defineKernel<string, keyof typeof runParams>({
      name: `max-pool.forward ${T} ${kernel}/${stride}/${padding}${argmax ? ' argmax' : ''}`,
      bindings: { x: read(T), y: write(T), ...(argmax ? { argmax: write('u32') } : {}) },
      params: runParams,
      workgroupSize: [LANES, RUNS],
      builtins,
      declarations: wgsl`
/** A maximum, and the row of the window that it is from. */
struct Tap { value: ${T}, row: ${U} }
fn isNaN(value: ${T}) -> ${width === 4 ? 'vec4<bool>' : 'bool'} {
  // By its bits: a compiler may take comparisons with NaN for granted.
  return (bitcast<${U}>(value) & ${U}(0x7fffffffu)) > ${U}(0x7f800000u);
}
/** The better of a column's best so far and its value in the row below: the first of equal ones, the last NaN. */
fn below(best: Tap, value: ${T}, row: u32) -> Tap {
  let take = (value > best.value) | isNaN(value);
  return Tap(select(best.value, value, take), select(best.row, ${U}(row), take));
}
/** Whether a column's maximum beats that of columns to its left: by value, or for an equal one by coming first in row order. */
fn beats(next: Tap, best: Tap) -> ${width === 4 ? 'vec4<bool>' : 'bool'} {
  let nan = isNaN(next.value) & (!isNaN(best.value) | (next.row >= best.row));
  return (next.value > best.value) | ((next.value == best.value) & (next.row < best.row)) | nan;
}`,
      body: wgsl`
${runOfThread}
  let row = block % params.rowBlocks * ${ROWS}u;
  let image = block / params.rowBlocks;
  let outStart = (image * params.outHeight + row) * params.outWidth;
  let top = i32(row) * ${stride} - ${padding};
${unroll(inputRows, (k) => `  let inY${k} = clamp(top + ${k}, 0, i32(params.height) - 1);\n  let start${k} = (image * params.height + u32(inY${k})) * params.width * params.channels + channel;`)}
${unroll(ROWS, (r) => unroll(kernel, (k) => `  let row${r}${k} = u32(inY${r * stride + k} - (top + ${r * stride}));`))}
${unroll(shared, (s) => unroll(ROWS, (r) => `  var kept${s}${r}: Tap;`))}
${
  shared > 0
    ? wgsl`  {
    let left = i32(first) * ${stride} - ${padding};
${unroll(shared, column)}
${unroll(shared, (s) => unroll(ROWS, (r) => `    kept${s}${r} = column${s}${r};`))}
  }`
    : ''
}
  for (var step = 0u; step < params.walk; step++) {
    let column = first + step;
    if (column >= params.outWidth) { break; }
    let left = i32(column) * ${stride} - ${padding};
${unroll(kernel - shared, (s) => column(shared + s))}
${unroll(ROWS, result)}
${unroll(shared, (s) => unroll(ROWS, (r) => `    kept${s}${r} = ${columnOf(s + stride, r)};`))}
  }`,
    });
  },
);
