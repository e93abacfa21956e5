/**
 * Rung 2: implicit GEMM, tile by tile. The 256 threads of a workgroup compute 16 pixels × 16 channels of y. For each place
 * (r, s) of the window and each 16 channels of x they copy what the 16 windows hold there, and the weights for it, into
 * workgroup memory, and multiply from there.
 *
 * Pixels are counted through the whole batch, n · oh · ow of them in one row. With tiles cut image by image, a 7×7 image of 49
 * pixels would need four tiles of 16 and leave a quarter of the work idle; this way only the last tile of the batch is not full.
 *
 * What changes: what is loaded from memory is used 16 times: 4 FLOPs per byte instead of 0.25. Borders cost nothing in
 * the inner loop, since they are zeros by the time that it runs.
 *
 * What bounds it now: workgroup memory, with two loads for a multiply-add; 16 of 68 instructions in RDNA3's loop are FMAs. GPUs
 * gain by it. lavapipe, whose workgroup memory is ordinary memory and whose barriers are dear, takes twice as long as on rung 1.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { conv2dRung, scalars, sizes, windowFunctions } from './convolution.ts';

const TILE = 16;

const kernel = defineKernel({
  name: 'conv2d 2-tiled',
  bindings: scalars,
  params: sizes,
  workgroupSize: [TILE, TILE],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u',
  declarations: wgsl`${windowFunctions}
var<workgroup> xTile: array<array<f32, ${TILE}>, ${TILE}>; // [pixel][c]
var<workgroup> weightTile: array<array<f32, ${TILE}>, ${TILE}>; // [c][channel]`,
  body: wgsl`
  let pixel = workgroup.x * ${TILE}u + local.y;
  let channel = workgroup.y * ${TILE}u + local.x;
  let window = window_of(min(pixel, params.pixels - 1u));
  var sum = 0.0;
  for (var r = 0; r < params.r; r++) {
    for (var s = 0; s < params.s; s++) {
      let visible = inside(window, r, s);
      let start = index_of(window, r, s);
      let tap = u32(r * params.s + s) * params.c;
      for (var first = 0u; first < params.c; first += ${TILE}u) {
        let cx = first + local.x;
        let cw = first + local.y;
        xTile[local.y][local.x] = select(0.0, x[start + cx], visible && cx < params.c);
        weightTile[local.y][local.x] =
          select(0.0, weight[(tap + cw) * params.k + channel], cw < params.c && channel < params.k);
        workgroupBarrier(); // the tiles are complete
        for (var c = 0u; c < ${TILE}u; c++) {
          sum = fma(xTile[local.y][c], weightTile[c][local.x], sum);
        }
        workgroupBarrier(); // nobody reads them any more
      }
    }
  }
  if (pixel < params.pixels && channel < params.k) {
    y[pixel * params.k + channel] = sum;
  }`,
});

export const tiled = conv2dRung({
  name: '2-tiled',
  lesson: 'Implicit GEMM: a workgroup stages windows and weights, and uses each element 16 times.',
  kernel,
  reuse: { rows: TILE, columns: TILE, loads: 2, from: 'workgroup memory' },
  grid: (pixels, channels) => [Math.ceil(pixels / TILE), Math.ceil(channels / TILE)],
});
