/**
 * Max-pool forwards with a small window that shares one column with the next. Loads are what it costs: so a thread computes
 * two rows of the result at once and walks along them, has for each column of the window only its maximum, and hands the
 * last one on. A 3×3 window of stride 2 then takes 5 loads instead of 9.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';
import { dtypeLabel, stored, type Dtype } from '../dtype.ts';
import { floats, isNaNWgsl, type Width } from '../vectors.ts';
import { builtins, LANES, ROWS, runOfThread, runParams, RUNS } from './walk.ts';

/**
 * y and `argmax` as `forwardKernel` gives them, for stride = kernel − 1. Taps outside the image are moved to its edge, inside
 * the same window, as there. How many columns there are is a parameter: unrolled, the loop outgrows what a CPU keeps of a
 * program.
 */
export const smallForwardKernel = memoizeKernel(
  (width: Width, kernel: number, padding: number, argmax: boolean, dtype: Dtype) => {
    const T = floats(width);
    const S = stored(width, dtype);
    const U = width === 4 ? 'vec4u' : 'u32';
    const stride = kernel - 1;
    const inputRows = (ROWS - 1) * stride + kernel;
    /** Loads the column of the image at `at` and takes its maxima, one for each row of the result. */
    const maxima = wgsl`
${unroll(inputRows, (k) => `    let x${k} = ${T}(x[start${k} + at]);`)}
${unroll(ROWS, (r) => {
  const best = Array.from({ length: stride }, (_, k) => k + 1).reduce(
    (above, k) => `below(${above}, x${r * stride + k}, row${r}${k})`,
    `Tap(x${r * stride}, ${U}(row${r}0))`,
  );
  return `    last${r} = ${best};`;
})}`;
    return defineKernel<string, keyof typeof runParams | 'kernel'>({
      name: `max-pool.small-forward ${T} ${kernel}/${stride}/${padding}${argmax ? ' argmax' : ''}${dtypeLabel(dtype)}`,
      bindings: { x: read(S), y: write(S), ...(argmax ? { argmax: write('u32') } : {}) },
      params: { ...runParams, kernel: 'u32' },
      workgroupSize: [LANES, RUNS],
      builtins,
      declarations: wgsl`
/** A maximum, and the row of the window that it is from. */
struct Tap { value: ${T}, row: ${U} }
${isNaNWgsl(width)}
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
${unroll(ROWS, (r) => `  var last${r}: Tap;`)}
  {
    let at = u32(max(i32(first) * ${stride} - ${padding}, 0)) * params.channels;
${maxima}
  }
  for (var step = 0u; step < params.walk; step++) {
    let column = first + step;
    if (column >= params.outWidth) { break; }
    let left = i32(column) * ${stride} - ${padding};
${unroll(ROWS, (r) => `    var best${r} = last${r};\n    var chosen${r} = ${U}(u32(max(-left, 0)));`)}
    for (var tap = 1u; tap < params.kernel; tap++) {
      let inX = min(u32(left + i32(tap)), params.width - 1u);
      let at = inX * params.channels;
${maxima}
${unroll(
  ROWS,
  (r) => wgsl`
      let take${r} = beats(last${r}, best${r});
      best${r}.value = select(best${r}.value, last${r}.value, take${r});
      best${r}.row = select(best${r}.row, last${r}.row, take${r});
      chosen${r} = select(chosen${r}, ${U}(u32(i32(inX) - left)), take${r});`,
)}
    }
${unroll(
  ROWS,
  (r) => wgsl`
    if (row + ${r}u < params.outHeight) {
      let to = (outStart + ${r}u * params.outWidth + column) * params.channels + channel;
      y[to] = ${S}(best${r}.value);
${argmax ? `      let tap = best${r}.row * ${kernel}u + chosen${r};\n      argmax[to] = ${width === 4 ? 'dot(tap, vec4u(1u, 1u << 8u, 1u << 16u, 1u << 24u))' : 'tap'};` : ''}
    }`,
)}
  }`,
    });
  },
);
