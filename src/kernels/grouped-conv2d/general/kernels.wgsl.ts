/**
 * Convolution in groups as its definition says, for all that no faster kernel knows: a thread computes one element. Neighbouring
 * threads have neighbouring channels, so what they load lies in a row or is the same; sizes are parameters, so one kernel serves
 * all shapes.
 */
import { defineKernel, read, wgsl, workgroupNumber, write } from '../../../gpu/index.ts';
import { elementAThread, THREADS, windowParams } from '../../sliding.wgsl.ts';

const params = {
  ...windowParams,
  outputs: 'u32',
  /** Channels of a group, in and out. */
  groupChannels: 'u32',
  groupOutputs: 'u32',
} as const;

const itemOfThread = wgsl`
  let item = ${workgroupNumber()} * ${THREADS}u + thread;
  if (item >= params.count) { return; }`;

/** x `[N, H, W, C]`, weight `[R, S, C / groups, K]` → y `[N, oH, oW, K]`. Places before the image wrap round, and so lie past its end. */
export const generalForward = defineKernel({
  ...elementAThread,
  name: 'grouped-conv2d.forward',
  bindings: { x: read(), weight: read(), y: write() },
  params,
  body: wgsl`
${itemOfThread}
  let output = item % params.outputs;
  let pixel = item / params.outputs;
  let outRow = pixel / params.outWidth;
  let image = outRow / params.outHeight;
  let top = outRow % params.outHeight * params.strideY - params.top;
  let left = pixel % params.outWidth * params.strideX - params.left;
  let first = output / params.groupOutputs * params.groupChannels;
  var sum = 0.0;
  for (var i = 0u; i < params.r; i++) {
    let row = top + i * params.dilationY;
    if (row >= params.height) { continue; }
    for (var j = 0u; j < params.s; j++) {
      let column = left + j * params.dilationX;
      if (column >= params.width) { continue; }
      let at = ((image * params.height + row) * params.width + column) * params.channels + first;
      var tap = (i * params.s + j) * params.groupChannels * params.outputs + output;
      for (var c = 0u; c < params.groupChannels; c++) {
        sum = fma(x[at + c], weight[tap], sum);
        tap += params.outputs;
      }
    }
  }
  y[item] = sum;`,
});

/** dy `[N, oH, oW, K]`, weight `[R, S, C / groups, K]` → dx `[N, H, W, C]`, a gather: a pixel looks for the outputs that have seen it. */
export const generalBackwardData = defineKernel({
  ...elementAThread,
  name: 'grouped-conv2d.backward-data',
  bindings: { dy: read(), weight: read(), dx: write() },
  params,
  body: wgsl`
${itemOfThread}
  let channel = item % params.channels;
  let pixel = item / params.channels;
  let row = pixel / params.width;
  let image = row / params.height;
  let bottom = row % params.height + params.top;
  let right = pixel % params.width + params.left;
  let first = channel / params.groupChannels * params.groupOutputs;
  let inGroup = channel % params.groupChannels;
  var sum = 0.0;
  for (var i = 0u; i < params.r; i++) {
    let y = bottom - i * params.dilationY;
    if (i * params.dilationY > bottom || y % params.strideY != 0u || y / params.strideY >= params.outHeight) { continue; }
    for (var j = 0u; j < params.s; j++) {
      let x = right - j * params.dilationX;
      if (j * params.dilationX > right || x % params.strideX != 0u || x / params.strideX >= params.outWidth) { continue; }
      let at = ((image * params.outHeight + y / params.strideY) * params.outWidth + x / params.strideX) * params.outputs + first;
      let tap = ((i * params.s + j) * params.groupChannels + inGroup) * params.outputs + first;
      for (var k = 0u; k < params.groupOutputs; k++) { sum = fma(dy[at + k], weight[tap + k], sum); }
    }
  }
  dx[item] = sum;`,
});

/** x `[N, H, W, C]`, dy `[N, oH, oW, K]` → parts `[parts, R, S, C / groups, K]`; a part is `rowsOfPart` of the N · oH rows of dy. */
export const generalBackwardWeight = defineKernel({
  ...elementAThread,
  name: 'grouped-conv2d.backward-weight',
  bindings: { x: read(), dy: read(), parts: write() },
  params: { ...params, rows: 'u32', rowsOfPart: 'u32', elements: 'u32', firstPart: 'u32' },
  body: wgsl`
${itemOfThread}
  let element = item % params.elements;
  let part = item / params.elements;
  let output = element % params.outputs;
  let tap = element / params.outputs / params.groupChannels;
  let channel = output / params.groupOutputs * params.groupChannels + element / params.outputs % params.groupChannels;
  let down = tap / params.s * params.dilationY - params.top;
  let across = tap % params.s * params.dilationX - params.left;
  var sum = 0.0;
  let end = min((part + 1u) * params.rowsOfPart, params.rows);
  for (var outRow = part * params.rowsOfPart; outRow < end; outRow++) {
    let row = outRow % params.outHeight * params.strideY + down;
    if (row >= params.height) { continue; }
    let start = (outRow / params.outHeight * params.height + row) * params.width;
    var at = outRow * params.outWidth * params.outputs + output;
    var column = across;
    for (var outColumn = 0u; outColumn < params.outWidth; outColumn++) {
      if (column < params.width) { sum = fma(x[(start + column) * params.channels + channel], dy[at], sum); }
      column += params.strideX;
      at += params.outputs;
    }
  }
  parts[params.firstPart * params.elements + item] = sum;`,
});
