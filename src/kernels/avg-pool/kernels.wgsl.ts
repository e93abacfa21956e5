/**
 * Global average pool. A thread keeps one vector of channels of one image and walks over its pixels; ResNet pools
 * planes of at most some dozens of pixels, so that the threads are many and their walks short.
 */
import { defineKernel, memoizeKernel, read, wgsl, workgroupNumber, write } from '../../gpu/index.ts';
import { dtypeLabel, stored, type Dtype } from '../dtype.ts';
import { floats, type Width } from '../vectors.ts';

export const WORKGROUP = 64;

const frame = {
  params: { items: 'u32', channels: 'u32', pixels: 'u32' },
  workgroupSize: [WORKGROUP],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
} as const;

const itemOfThread = wgsl`
  let item = ${workgroupNumber()} * ${WORKGROUP}u + thread;
  if (item >= params.items) { return; }
  let first = item / params.channels * params.pixels * params.channels + item % params.channels;`;

/** y [N, C] = mean over the pixels of x [N, H·W, C], stored in `dtype`; `items` = N·C in vectors. */
export const forwardKernel = memoizeKernel((width: Width, dtype: Dtype) => {
  const T = floats(width);
  return defineKernel({
    ...frame,
    name: `avg-pool.forward ${T}${dtypeLabel(dtype)}`,
    bindings: { x: read(stored(width, dtype)), y: write(T) },
    body: wgsl`${itemOfThread}
  var sum = ${T}(0);
  for (var pixel = 0u; pixel < params.pixels; pixel++) { sum += ${T}(x[first + pixel * params.channels]); }
  y[item] = sum / f32(params.pixels);`,
  });
});

/** dx [N, H·W, C] = dy [N, C] / (H·W) at every pixel. */
export const backwardKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineKernel({
    ...frame,
    name: `avg-pool.backward ${T}`,
    bindings: { dy: read(T), dx: write(T) },
    body: wgsl`${itemOfThread}
  let share = dy[item] / f32(params.pixels);
  for (var pixel = 0u; pixel < params.pixels; pixel++) { dx[first + pixel * params.channels] = share; }`,
  });
});
