/** Exercise 3: a picture's mirror image. It is right, as long as 4 divides the picture's sides. */
import { defineKernel, read, wgsl, write } from '../../../../src/gpu/index.ts';

/** x [rows, columns] → y, whose rows begin `pitch` numbers apart: what lies behind each row belongs to somebody else. */
export const mirror = defineKernel({
  name: 'mirror',
  bindings: { x: read(), y: write() },
  params: { columns: 'u32', rows: 'u32', pitch: 'u32' },
  workgroupSize: [4, 4],
  builtins: '@builtin(global_invocation_id) thread: vec3u',
  body: wgsl`
  y[thread.y * params.pitch + thread.x] = x[thread.y * params.columns + params.columns - 1u - thread.x];`,
});
