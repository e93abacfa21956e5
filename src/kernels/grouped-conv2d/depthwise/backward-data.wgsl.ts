/**
 * The gradient of a depthwise convolution's input: along a run of dy's columns, each of which goes into the pixels of its window. Pixels
 * are counted from the upper left corner of the padding, in groups of stride × stride: the window of an output begins with its
 * group, and reaches into those to the right and below.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, when, write } from '../../../gpu/index.ts';
import { floats, type Width } from '../../vectors.ts';
import { builtins, lagOf, placeOfThread, THREADS, walkParams } from './walk.ts';

/** dy `[N, oH, oW, C]`, weight `[R, S, C]` → dx `[N, H, W, C]`; a thread fills `groups` rows of groups at once. */
export const depthwiseBackwardData = memoizeKernel(
  (width: Width, r: number, s: number, strideY: number, strideX: number, groups: number) => {
    const T = floats(width);
    const lag = lagOf({ s, strideX });
    const reach = Math.ceil(r / strideY);
    const outRows = groups + reach - 1;
    const rows = groups * strideY;
    /** Pixels of the next groups that have a sum already. */
    const kept = Math.max(0, s - strideX);
    const touched = Math.max(s, strideX);
    /** Of the row of dy that is `m` below the first one, the tap that meets row `row` of the block; there may be none. */
    const tapOf = (row: number, m: number) => row + (reach - 1 - m) * strideY;
    const sum = (row: number, u: number) => {
      const products = Array.from({ length: outRows }, (_, m) => [m, tapOf(row, m)] as const).filter(
        ([, i]) => i >= 0 && i < r && u < s,
      );
      const start = u < kept ? `next${row}_${u}` : `${T}()`;
      return products.reduce((before, [m, i]) => `fma(dy${m}, w${i}_${u}, ${before})`, start);
    };
    return defineKernel({
      name: `depthwise.backward-data ${T} ${r}×${s}/${strideY}×${strideX} ${groups}`,
      bindings: { dy: read(T), weight: read(T), dx: write(T) },
      params: { ...walkParams, firstRow: 'u32', firstColumn: 'u32' },
      workgroupSize: [THREADS],
      builtins,
      body: wgsl`
${placeOfThread}
${unroll(r, (i) => unroll(s, (j) => `  let w${i}_${j} = weight[${i * s + j}u * params.channels + channel];`))}
  for (var block = firstBlock; block < endBlock; block++) {
    let group = i32(params.firstRow + block * ${groups}u);
    let row = group * ${strideY} - params.top;
${unroll(
  outRows,
  (m) => wgsl`
    let outRow${m} = group - ${reach - 1 - m};
    let inside${m} = (outRow${m} >= 0) & (outRow${m} < i32(params.outHeight));
    let start${m} = (image * params.outHeight + u32(clamp(outRow${m}, 0, i32(params.outHeight) - 1))) * params.outWidth * params.channels + channel;`,
)}
${unroll(
  rows,
  (k) => wgsl`
    let isRow${k} = (row + ${k} >= 0) & (row + ${k} < i32(params.height));
    let to${k} = (image * params.height + u32(clamp(row + ${k}, 0, i32(params.height) - 1))) * params.width * params.channels + channel;`,
)}
${unroll(rows, (k) => unroll(kept, (u) => `    var next${k}_${u} = ${T}();`))}
    for (var step = 0u; step < params.walk + ${lag}u; step++) {
      if (first + step >= params.columns + ${lag}u) { break; }
      let column = i32(params.firstColumn + first + step) - ${lag};
      let isInside = (column >= 0) & (column < i32(params.outWidth));
      let at = u32(clamp(column, 0, i32(params.outWidth) - 1)) * params.channels;
${unroll(outRows, (m) => `      let dy${m} = select(${T}(), dy[start${m} + at], inside${m} & isInside);`)}
${unroll(rows, (k) => unroll(touched, (u) => `      let sum${k}_${u} = ${sum(k, u)};`))}
${unroll(rows, (k) => unroll(kept, (u) => `      next${k}_${u} = sum${k}_${u + strideX};`))}
${when(lag > 0, `      if (step < ${lag}u) { continue; }`)}
      let left = column * ${strideX} - params.left;
${unroll(
  strideX,
  (u) => wgsl`
      if ((left + ${u} >= 0) & (left + ${u} < i32(params.width))) {
        let here = u32(left + ${u}) * params.channels;
${unroll(rows, (k) => `        if (isRow${k}) { dx[to${k} + here] = sum${k}_${u}; }`)}
      }`,
)}
    }
  }`,
    });
  },
);
