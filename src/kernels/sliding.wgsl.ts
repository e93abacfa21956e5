/** What kernels share that compute an element a thread, over windows of any kind whose sizes are parameters. */

/** Threads of a workgroup. */
export const THREADS = 64;

/** Elements to compute, the sizes of images and results, and the window. */
export const windowParams = {
  count: 'u32',
  height: 'u32',
  width: 'u32',
  outHeight: 'u32',
  outWidth: 'u32',
  channels: 'u32',
  r: 'u32',
  s: 'u32',
  strideY: 'u32',
  strideX: 'u32',
  dilationY: 'u32',
  dilationX: 'u32',
  top: 'u32',
  left: 'u32',
} as const;

export const elementAThread = {
  workgroupSize: [THREADS],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
} as const;
