/** The gradient of a depthwise convolution's weight: a thread keeps the sums of all taps of its channels, over the rows of its part. */
import {
  defineKernel,
  memoizeKernel,
  read,
  unroll,
  wgsl,
  workgroupNumber,
  write,
} from '../../../gpu/index.ts';
import { floats, type Width } from '../../vectors.ts';
import { builtins, lagOf, THREADS, walkParams } from './walk.ts';

/**
 * x `[N, H, W, C]`, dy `[N, oH, oW, C]` → parts `[parts, R, S, C]`; a part is `down` blocks of `rows` rows of dy. A column of x meets the
 * columns of dy whose windows see it: those are the newest and `lag` before it.
 */
export const depthwiseBackwardWeight = memoizeKernel(
  (width: Width, r: number, s: number, strideY: number, strideX: number, rows: number) => {
    const T = floats(width);
    const lag = lagOf({ s, strideX });
    const inputRows = (rows - 1) * strideY + r;
    const column = (q: number) => wgsl`
      {
        let column = i32(group * ${strideX}u + ${q}u) - params.left;
        let isInside = (column >= 0) & (column < i32(params.width));
        let at = u32(clamp(column, 0, i32(params.width) - 1)) * params.channels;
${unroll(inputRows, (k) => `        let x${k} = select(${T}(), x[start${k} + at], inside${k} & isInside);`)}
${unroll(r, (i) =>
  unroll(lag + 1, (a) => {
    const j = q + a * strideX;
    return j >= s
      ? ''
      : unroll(
          rows,
          (row) => `        sum${i}_${j} = fma(x${row * strideY + i}, dy${row}_${a}, sum${i}_${j});`,
        );
  }),
)}
      }`;
    return defineKernel({
      name: `depthwise.backward-weight ${T} ${r}×${s}/${strideY}×${strideX} ${rows}`,
      bindings: { x: read(T), dy: read(T), parts: write(T) },
      params: { ...walkParams, blocks: 'u32', firstPart: 'u32' },
      workgroupSize: [THREADS],
      builtins,
      body: wgsl`
  let item = ${workgroupNumber()} * ${THREADS}u + thread;
  if (item >= params.threads) { return; }
  let channel = item % params.channels;
  let part = item / params.channels;
${unroll(r, (i) => unroll(s, (j) => `  var sum${i}_${j} = ${T}();`))}
  let endBlock = min((part + 1u) * params.down, params.blocks);
  for (var block = part * params.down; block < endBlock; block++) {
    let image = block / params.rowBlocks;
    let row = block % params.rowBlocks * ${rows}u;
    let top = i32(row * ${strideY}u) - params.top;
${unroll(
  inputRows,
  (k) => wgsl`
    let y${k} = top + ${k};
    let inside${k} = (y${k} >= 0) & (y${k} < i32(params.height));
    let start${k} = (image * params.height + u32(clamp(y${k}, 0, i32(params.height) - 1))) * params.width * params.channels + channel;`,
)}
${unroll(
  rows,
  (k) => wgsl`
    let isRow${k} = row + ${k}u < params.outHeight;
    let from${k} = (image * params.outHeight + min(row + ${k}u, params.outHeight - 1u)) * params.outWidth * params.channels + channel;`,
)}
${unroll(rows, (k) => unroll(lag + 1, (a) => `    var dy${k}_${a} = ${T}();`))}
    for (var group = 0u; group < params.columns + ${lag}u; group++) {
${unroll(rows, (k) => unroll(lag, (a) => `      dy${k}_${lag - a} = dy${k}_${lag - a - 1};`))}
      let isOut = group < params.columns;
      let newest = min(group, params.columns - 1u) * params.channels;
${unroll(rows, (k) => `      dy${k}_0 = select(${T}(), dy[from${k} + newest], isRow${k} & isOut);`)}
${unroll(Math.min(s, strideX), column)}
    }
  }
  let to = (params.firstPart + part) * ${r * s}u * params.channels + channel;
${unroll(r, (i) => unroll(s, (j) => `  parts[to + ${i * s + j}u * params.channels] = sum${i}_${j};`))}`,
    });
  },
);
