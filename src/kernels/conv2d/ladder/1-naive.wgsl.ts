/**
 * Rung 1: the definition. A thread computes one channel of one output pixel: it looks at the window over x and adds up
 * r · s · c products. Neighbouring threads compute neighbouring channels, so they read the same number of x and
 * neighbouring weights: loads are coalesced from the start (what happens otherwise is rung 1 of the matmul ladder).
 *
 * What bounds it: memory. 8 bytes are loaded for a multiply-add, 0.25 FLOP per byte. In truth the data is small and much
 * used: ResNet-18's first 3×3 layer, 8 images of 32×32 pixels with 64 channels, has 4.3 MB of x, weights and y together and
 * 604 million FLOPs, 139 per byte, if only each number were loaded once. The rungs to come approach that.
 *
 * What one sees: the naive matmul's numbers, 1 FMA in 20 instructions on RDNA3 and a fiftieth of lavapipe's peak.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { conv2dRung, scalars, sizes, windowFunctions } from './convolution.ts';

const CHANNELS = 32;
const PIXELS = 8;

const kernel = defineKernel({
  name: 'conv2d 1-naive',
  bindings: scalars,
  params: sizes,
  workgroupSize: [CHANNELS, PIXELS],
  builtins: '@builtin(global_invocation_id) id: vec3u',
  declarations: windowFunctions,
  body: wgsl`
  let channel = id.x;
  let pixel = id.y;
  if (channel >= params.k || pixel >= params.pixels) { return; }
  let window = window_of(pixel);
  var sum = 0.0;
  for (var r = 0; r < params.r; r++) {
    for (var s = 0; s < params.s; s++) {
      if (!inside(window, r, s)) { continue; }
      let start = index_of(window, r, s);
      let tap = u32(r * params.s + s) * params.c;
      for (var c = 0u; c < params.c; c++) {
        sum = fma(x[start + c], weight[(tap + c) * params.k + channel], sum);
      }
    }
  }
  y[pixel * params.k + channel] = sum;`,
});

export const naive = conv2dRung({
  name: '1-naive',
  lesson: 'A thread an output: two loads for every multiply-add.',
  kernel,
  reuse: { rows: 1, columns: 1, loads: 2, from: 'memory' },
  grid: (pixels, channels) => [Math.ceil(channels / CHANNELS), Math.ceil(pixels / PIXELS)],
});
