/**
 * Rung 3: keep sums in registers. A thread computes 8 pixels × 8 channels: for each c it takes 8 numbers of x and 8 weights
 * from workgroup memory and multiplies all with all, 64 multiply-adds for 16 loads where rung 2 needed 128.
 *
 * What changes: 64 threads compute 64 × 64 of y, so that what comes from memory is used 64 times: 16 FLOPs per byte, four
 * times rung 2's. Pixels and channels of a thread lie 8 apart, for the reasons that rung 4 of the matmul ladder gives.
 *
 * What is new against a plain product: where a window begins takes integer divisions, for which GPUs have no instruction, and a
 * thread stages 16 pixels of every slice. So each thread works out one window at the start, and all read them from
 * workgroup memory.
 *
 * What one sees: the largest step of the ladder on GPUs (64 FMAs in 102 instructions on RDNA3), and six times rung 2 on lavapipe,
 * since the loads that cost there are an eighth.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { conv2dRung, scalars, sizes, windowFunctions } from './convolution.ts';

const TILE = 64;
const DEPTH = 16;

const kernel = defineKernel({
  name: 'conv2d 3-register-tiled',
  bindings: scalars,
  params: sizes,
  workgroupSize: [64],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  declarations: wgsl`${windowFunctions}
var<workgroup> windows: array<Window, ${TILE}>;
var<workgroup> xTile: array<array<f32, ${DEPTH + 1}>, ${TILE}>; // [pixel][c]; the 17th is to spread banks
var<workgroup> weightTile: array<array<f32, ${TILE}>, ${DEPTH}>; // [c][channel]`,
  body: wgsl`
  let firstPixel = workgroup.x * ${TILE}u;
  let firstChannel = workgroup.y * ${TILE}u;
  windows[thread] = window_of(min(firstPixel + thread, params.pixels - 1u));
  workgroupBarrier();
  let py = thread / 8u; // this thread's pixels are py, py + 8 … py + 56
  let kx = thread % 8u; // and its channels kx, kx + 8 … kx + 56
  var sum: array<array<f32, 8>, 8>;
  for (var r = 0; r < params.r; r++) {
    for (var s = 0; s < params.s; s++) {
      let tap = u32(r * params.s + s) * params.c;
      for (var first = 0u; first < params.c; first += ${DEPTH}u) {
        for (var pixel = thread / ${DEPTH}u; pixel < ${TILE}u; pixel += ${64 / DEPTH}u) {
          let c = thread % ${DEPTH}u;
          let window = windows[pixel];
          let visible = inside(window, r, s) && first + c < params.c;
          xTile[pixel][c] = select(0.0, x[index_of(window, r, s) + first + c], visible);
        }
        for (var c = 0u; c < ${DEPTH}u; c++) {
          let channel = firstChannel + thread;
          let exists = first + c < params.c && channel < params.k;
          weightTile[c][thread] = select(0.0, weight[(tap + first + c) * params.k + channel], exists);
        }
        workgroupBarrier();
        for (var c = 0u; c < ${DEPTH}u; c++) {
          var left: array<f32, 8>;
          for (var i = 0u; i < 8u; i++) { left[i] = xTile[py + 8u * i][c]; }
          for (var j = 0u; j < 8u; j++) {
            let right = weightTile[c][kx + 8u * j];
            for (var i = 0u; i < 8u; i++) { sum[i][j] = fma(left[i], right, sum[i][j]); }
          }
        }
        workgroupBarrier();
      }
    }
  }
  for (var i = 0u; i < 8u; i++) {
    for (var j = 0u; j < 8u; j++) {
      let pixel = firstPixel + py + 8u * i;
      let channel = firstChannel + kx + 8u * j;
      if (pixel < params.pixels && channel < params.k) {
        y[pixel * params.k + channel] = sum[i][j];
      }
    }
  }`,
});

export const registerTiled = conv2dRung({
  name: '3-register-tiled',
  lesson: 'A thread keeps 8 × 8 sums in registers: 64 multiply-adds for 16 loads.',
  kernel,
  reuse: { rows: TILE, columns: TILE, loads: 16 / 64, from: 'workgroup memory' },
  grid: (pixels, channels) => [Math.ceil(pixels / TILE), Math.ceil(channels / TILE)],
});
