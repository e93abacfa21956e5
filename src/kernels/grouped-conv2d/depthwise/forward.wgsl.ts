/** Depthwise convolution forwards: along a run of columns, each of which goes into the sums of all windows over it. */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../../gpu/index.ts';
import { floats, type Width } from '../../vectors.ts';
import { builtins, lagOf, placeOfThread, THREADS, walkParams, type Taps } from './walk.ts';

/** x `[N, H, W, C]`, weight `[R, S, C]` → y `[N, oH, oW, C]`; a thread computes `rows` rows of y at once. */
export const depthwiseForward = memoizeKernel(
  (width: Width, r: number, s: number, strideY: number, strideX: number, rows: number) => {
    const T = floats(width);
    const taps: Taps = { r, s, strideY, strideX };
    const lag = lagOf(taps);
    const inputRows = (rows - 1) * strideY + r;
    /** What column `q` of a step's adds: to the sum that began `a` steps ago by tap q + a · stride. */
    const column = (q: number) => wgsl`
      {
        let column = i32(group * ${strideX}u + ${q}u) - params.left;
        let isInside = (column >= 0) & (column < i32(params.width));
        let at = u32(clamp(column, 0, i32(params.width) - 1)) * params.channels;
${unroll(inputRows, (k) => `        let x${k} = select(${T}(), x[start${k} + at], inside${k} & isInside);`)}
${unroll(rows, (row) =>
  unroll(lag + 1, (a) => {
    const j = q + a * strideX;
    return j >= s
      ? ''
      : unroll(r, (i) => `        sum${row}_${a} = fma(x${row * strideY + i}, w${i}_${j}, sum${row}_${a});`);
  }),
)}
      }`;
    return defineKernel({
      name: `depthwise.forward ${T} ${r}×${s}/${strideY}×${strideX} ${rows}`,
      bindings: { x: read(T), weight: read(T), y: write(T) },
      params: walkParams,
      workgroupSize: [THREADS],
      builtins,
      body: wgsl`
${placeOfThread}
${unroll(r, (i) => unroll(s, (j) => `  let w${i}_${j} = weight[${i * s + j}u * params.channels + channel];`))}
  for (var block = firstBlock; block < endBlock; block++) {
    let row = block * ${rows}u;
    let top = i32(row * ${strideY}u) - params.top;
${unroll(
  inputRows,
  (k) => wgsl`
    let y${k} = top + ${k};
    let inside${k} = (y${k} >= 0) & (y${k} < i32(params.height));
    let start${k} = (image * params.height + u32(clamp(y${k}, 0, i32(params.height) - 1))) * params.width * params.channels + channel;`,
)}
    let out = (image * params.outHeight + row) * params.outWidth * params.channels + channel;
${unroll(rows, (row) => unroll(lag + 1, (a) => `    var sum${row}_${a} = ${T}();`))}
    for (var step = 0u; step < params.walk + ${lag}u; step++) {
      let group = first + step;
      if (group >= params.columns + ${lag}u) { break; }
${unroll(rows, (row) => unroll(lag, (a) => `      sum${row}_${lag - a} = sum${row}_${lag - a - 1};`) + `\n      sum${row}_0 = ${T}();`)}
${unroll(Math.min(s, strideX), column)}
      if (step >= ${lag}u) {
        let to = out + (group - ${lag}u) * params.channels;
${unroll(rows, (k) => `        if (row + ${k}u < params.outHeight) { y[to + ${k}u * params.outWidth * params.channels] = sum${k}_${lag}; }`)}
      }
    }
  }`,
    });
  },
);
