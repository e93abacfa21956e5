/**
 * Rung 4: move four numbers with one instruction. Tile and arithmetic are rung 3's; every load and store, from memory and
 * from workgroup memory, is a vec4f. This is where NHWC pays: the channels of a pixel lie side by side, so four of them are one
 * load with one look at the border.
 *
 * What changes: 64 multiply-adds take 4 loads from workgroup memory instead of 16; the bytes stay the same (16 FLOPs per
 * byte of memory). x has to be transposed on its way: a thread multiplies four pixels at one c, memory has four c of one
 * pixel. So each thread takes a block of 4 pixels × 4 channels and stores its transpose. Its four pixels stay the same
 * throughout, and their windows are kept in registers.
 *
 * What one sees: 64 FMAs in 78 instructions on RDNA3, most of what direct convolution can give; 1.7 times rung 3 on lavapipe.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { conv2dRung, inFours, sizes, vectors, windowFunctions } from './convolution.ts';

const TILE = 64;
const DEPTH = 16;
/** vec4f in a row of a tile. */
const QUADS = TILE / 4;

const kernel = defineKernel({
  name: 'conv2d 4-vec4',
  bindings: vectors,
  params: sizes,
  workgroupSize: [64],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  declarations: wgsl`${windowFunctions}
var<workgroup> xTile: array<array<vec4f, ${QUADS + 1}>, ${DEPTH}>; // [c][pixel / 4]; the last is to spread banks
var<workgroup> weightTile: array<array<vec4f, ${QUADS}>, ${DEPTH}>; // [c][channel / 4]

// Channels c … c + 3 of the pixel (r, s) of a window, zero outside of the image.
fn load_x(window: Window, r: i32, s: i32, c: u32) -> vec4f {
  return select(vec4f(), x[(index_of(window, r, s) + c) / 4u], inside(window, r, s) && c < params.c);
}
fn store_y(pixel: u32, channel: u32, value: vec4f) {
  if (pixel < params.pixels && channel < params.k) { y[(pixel * params.k + channel) / 4u] = value; }
}`,
  body: wgsl`
  let firstPixel = workgroup.x * ${TILE}u;
  let firstChannel = workgroup.y * ${TILE}u;
  let py = thread / 8u; // this thread's pixels are 4py … 4py + 3 and the same 32 further on
  let kx = thread % 8u; // and its channels 4kx … 4kx + 3 and the same 32 further on
  let blockPixel = thread / ${DEPTH / 4}u; // it stages pixels 4blockPixel … 4blockPixel + 3
  let blockC = thread % ${DEPTH / 4}u; // and of their channels 4blockC … 4blockC + 3
  var windows: array<Window, 4>; // of the four pixels
  for (var i = 0u; i < 4u; i++) {
    windows[i] = window_of(min(firstPixel + blockPixel * 4u + i, params.pixels - 1u));
  }
  var sum: array<array<vec4f, 2>, 8>;
  for (var r = 0; r < params.r; r++) {
    for (var s = 0; s < params.s; s++) {
      let tap = u32(r * params.s + s) * params.c;
      for (var first = 0u; first < params.c; first += ${DEPTH}u) {
        let cx = first + blockC * 4u;
        let block = transpose(mat4x4f(
          load_x(windows[0], r, s, cx),
          load_x(windows[1], r, s, cx),
          load_x(windows[2], r, s, cx),
          load_x(windows[3], r, s, cx)));
        for (var i = 0u; i < 4u; i++) { xTile[blockC * 4u + i][blockPixel] = block[i]; }
        for (var c = thread / ${QUADS}u; c < ${DEPTH}u; c += ${64 / QUADS}u) {
          let quad = thread % ${QUADS}u;
          let channel = firstChannel + quad * 4u;
          let exists = first + c < params.c && channel < params.k;
          weightTile[c][quad] = select(vec4f(), weight[((tap + first + c) * params.k + channel) / 4u], exists);
        }
        workgroupBarrier();
        for (var c = 0u; c < ${DEPTH}u; c++) {
          let top = xTile[c][py];
          let bottom = xTile[c][py + 8u];
          let left = weightTile[c][kx];
          let right = weightTile[c][kx + 8u];
          for (var i = 0u; i < 4u; i++) {
            sum[i][0] = fma(vec4f(top[i]), left, sum[i][0]);
            sum[i][1] = fma(vec4f(top[i]), right, sum[i][1]);
            sum[i + 4u][0] = fma(vec4f(bottom[i]), left, sum[i + 4u][0]);
            sum[i + 4u][1] = fma(vec4f(bottom[i]), right, sum[i + 4u][1]);
          }
        }
        workgroupBarrier();
      }
    }
  }
  for (var i = 0u; i < 4u; i++) {
    let pixel = firstPixel + py * 4u + i;
    let channel = firstChannel + kx * 4u;
    store_y(pixel, channel, sum[i][0]);
    store_y(pixel, channel + 32u, sum[i][1]);
    store_y(pixel + 32u, channel, sum[i + 4u][0]);
    store_y(pixel + 32u, channel + 32u, sum[i + 4u][1]);
  }`,
});

export const vec4 = conv2dRung({
  name: '4-vec4',
  lesson: 'Every load and store moves four channels; x is transposed on its way into workgroup memory.',
  kernel,
  reuse: { rows: TILE, columns: TILE, loads: 4 / 64, from: 'workgroup memory' },
  needs: 'channels that divide by four',
  suits: inFours,
  grid: (pixels, channels) => [Math.ceil(pixels / TILE), Math.ceil(channels / TILE)],
});
